package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"

	"wtm/internal/secret"
)

// MinPassphrase is the shortest passphrase taken, in characters: the sealed file may be public for ever, and a short one
// can be guessed offline.
const MinPassphrase = 20

// maxPlain is far above any state within its bounds.
const maxPlain = 64 << 20

// maxWorkFactor bounds the work a file may ask of a passphrase: age's own default is 18, about a second.
const maxWorkFactor = 20

// Key seals and opens states; [ParseKey] makes one.
type Key struct {
	identities []age.Identity
	recipients []age.Recipient
}

// WeakKeyError is a passphrase that is too short, or something that was meant as an identity.
type WeakKeyError struct {
	Length int
	// Distinct is how many different characters a passphrase has that is long enough; 0 for one that is too short.
	Distinct int
}

func (e *WeakKeyError) Error() string {
	if e.Distinct > 0 {
		return fmt.Sprintf("the state key is a passphrase of %d different characters, which is guessed at once", e.Distinct)
	}
	return fmt.Sprintf("the state key is neither an age identity nor a passphrase of at least %d characters (it has %d)", MinPassphrase, e.Length)
}

// Hint names the command that makes a good key.
func (*WeakKeyError) Hint() string {
	return "age-keygen makes an identity; so does wtm login without WTM_STATE_KEY"
}

// ExitCode is that of a wrong environment.
func (*WeakKeyError) ExitCode() int { return 2 }

// minDistinct is the fewest different characters of a passphrase: a repeated one is long and no better.
const minDistinct = 6

func distinct(text string) int {
	met := map[rune]bool{}
	for _, r := range text {
		met[r] = true
	}
	return len(met)
}

// PublicKeyError is the public half of a key, which everybody may know.
type PublicKeyError struct{}

func (*PublicKeyError) Error() string {
	return "the state key is a public key, which can open nothing"
}

// Hint says which line of the key's file is meant.
func (*PublicKeyError) Hint() string {
	return "take the line of age-keygen's file that begins with AGE-SECRET-KEY-1"
}

// ExitCode is that of a wrong environment.
func (*PublicKeyError) ExitCode() int { return 2 }

// BadIdentityError is text that looks like age identities and cannot be read as such.
type BadIdentityError struct {
	// Mixed says that each of several can be read, but that they cannot seal together.
	Mixed bool
}

func (e *BadIdentityError) Error() string {
	if e.Mixed {
		return "the state key mixes post-quantum and classic age identities, which cannot seal together"
	}
	return "the state key begins like an age identity but is none: a character is missing or wrong"
}

// Hint says how a whole one looks.
func (*BadIdentityError) Hint() string {
	return "copy the whole line that begins with AGE-SECRET-KEY-1, or make one with age-keygen"
}

// ExitCode is that of a wrong environment.
func (*BadIdentityError) ExitCode() int { return 2 }

// ParseKey reads age identities, one a line, as age-keygen writes them, or takes the text as a passphrase.
func ParseKey(text secret.Value) (Key, error) {
	plain := strings.TrimSpace(text.Reveal())
	if strings.Contains(strings.ToUpper(plain), "AGE-SECRET-KEY-") || strings.HasPrefix(plain, "AGE-PLUGIN-") {
		return parseIdentities(plain)
	}
	if strings.HasPrefix(plain, "age1") || strings.HasPrefix(plain, "ssh-") {
		return Key{}, &PublicKeyError{}
	}
	if n := len([]rune(plain)); n < MinPassphrase {
		return Key{}, &WeakKeyError{Length: n}
	}
	if n := distinct(plain); n < minDistinct {
		return Key{}, &WeakKeyError{Length: len([]rune(plain)), Distinct: n}
	}
	recipient, err := age.NewScryptRecipient(plain)
	if err != nil {
		return Key{}, &WeakKeyError{}
	}
	identity, err := age.NewScryptIdentity(plain)
	if err != nil {
		return Key{}, &WeakKeyError{}
	}
	identity.SetMaxWorkFactor(maxWorkFactor)
	return Key{identities: []age.Identity{identity}, recipients: []age.Recipient{recipient}}, nil
}

func parseIdentities(text string) (Key, error) {
	identities, err := age.ParseIdentities(strings.NewReader(text))
	if err != nil {
		return Key{}, &BadIdentityError{} // age's error may quote the line
	}
	key := Key{identities: identities}
	for _, identity := range identities {
		switch i := identity.(type) {
		case *age.X25519Identity:
			key.recipients = append(key.recipients, i.Recipient())
		case *age.HybridIdentity:
			key.recipients = append(key.recipients, i.Recipient())
		default:
			return Key{}, &BadIdentityError{}
		}
	}
	// Found out when a rotated token has to be sealed, it would be too late.
	if _, err := age.Encrypt(io.Discard, key.recipients...); err != nil {
		return Key{}, &BadIdentityError{Mixed: true}
	}
	return key, nil
}

// GenerateIdentity makes a new age identity and returns it with its public recipient.
func GenerateIdentity() (identity secret.Value, recipient string, err error) {
	i, err := age.GenerateX25519Identity()
	if err != nil {
		return "", "", err
	}
	return secret.Value(i.String()), i.Recipient().String(), nil
}

// Seal returns s as an armored age file.
func (k Key) Seal(s State) ([]byte, error) {
	plain, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	armored := armor.NewWriter(&out)
	body, err := age.Encrypt(armored, k.recipients...)
	if err != nil {
		return nil, err
	}
	if _, err := body.Write(plain); err != nil {
		return nil, err
	}
	if err := errors.Join(body.Close(), armored.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// ErrWrongKey says that the file is an age file and the key does not open it; ErrDamaged that it is not a whole one, or
// does not hold a state.
var (
	ErrWrongKey error = &openError{"the state key does not open it", "set WTM_STATE_KEY to the key it was sealed with, or start again with wtm login and another WTM_STATE_PATH"}
	ErrDamaged  error = &openError{"it is damaged or not a state of wtm", "restore it from a backup or the repository's history, or remove it and run wtm login"}
)

// VersionError is a state of a newer program, which must not be overwritten by this one.
type VersionError struct{ Version int }

func (e *VersionError) Error() string {
	return fmt.Sprintf("it has version %d, and this program knows versions up to %d", e.Version, Version)
}

// Hint says how to get on.
func (*VersionError) Hint() string {
	return "update wtm, then run it again; wtm version shows this one"
}

// ExitCode asks for a person.
func (*VersionError) ExitCode() int { return 3 }

type openError struct{ text, hint string }

func (e *openError) Error() string { return e.text }
func (e *openError) Hint() string  { return e.hint }
func (e *openError) ExitCode() int { return 3 }

// Open reads a sealed state, binary or armored. The error is or wraps [ErrWrongKey], [ErrDamaged] or a [*VersionError].
func (k Key) Open(data []byte) (State, error) {
	sealed, err := dearmor(data)
	if err != nil {
		return State{}, ErrDamaged
	}
	body, err := age.Decrypt(bytes.NewReader(sealed), k.identities...)
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return State{}, ErrWrongKey
	}
	if err != nil {
		return State{}, ErrDamaged
	}
	plain, err := io.ReadAll(io.LimitReader(body, maxPlain))
	if err != nil {
		return State{}, ErrDamaged
	}
	return decode(plain)
}

func decode(plain []byte) (State, error) {
	var head struct {
		Version *int `json:"version"`
	}
	if json.Unmarshal(plain, &head) != nil || head.Version == nil || *head.Version < 1 {
		return State{}, ErrDamaged
	}
	if *head.Version > Version {
		return State{}, &VersionError{Version: *head.Version}
	}
	s := New(time.Time{})
	if json.Unmarshal(plain, &s) != nil {
		return State{}, ErrDamaged
	}
	return s.Clone(), nil
}

// dearmor returns the binary form of an age file.
func dearmor(data []byte) ([]byte, error) {
	text := bytes.TrimSpace(data)
	if !bytes.HasPrefix(text, []byte(armor.Header)) {
		return data, nil
	}
	return io.ReadAll(io.LimitReader(armor.NewReader(bytes.NewReader(text)), 2*maxPlain))
}

// Armor returns a sealed state in its armored form, to be printed or mailed.
func Armor(sealed []byte) ([]byte, error) {
	binary, err := dearmor(sealed)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := armor.NewWriter(&out)
	if _, err := w.Write(binary); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
