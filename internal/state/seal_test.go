package state_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"wtm/internal/secret"
	"wtm/internal/state"
)

const passphrase = "correct horse battery staple"

func mustKey(t testing.TB, text secret.Value) state.Key {
	t.Helper()
	key, err := state.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func mustIdentity(t testing.TB) (secret.Value, string) {
	t.Helper()
	identity, recipient, err := state.GenerateIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return identity, recipient
}

func mustSeal(t testing.TB, key state.Key, s state.State) []byte {
	t.Helper()
	sealed, err := key.Seal(s)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// sample is a state with something in every field.
func sample() state.State {
	s := random(rand.New(rand.NewPCG(3, 3)))
	s.Accounts[state.Me] = state.Account{UserID: 5, Access: state.Token{Value: "access-text", IssuedAt: monday, ExpiresAt: monday},
		Refresh: state.Token{Value: "refresh-text", IssuedAt: monday, ExpiresAt: monday}, Scope: []string{"talk_message"}}
	return s
}

func TestSealThenOpen(t *testing.T) {
	first, _ := mustIdentity(t)
	second, _ := mustIdentity(t)
	pq, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]secret.Value{
		"identity":          first,
		"identity file":     "# created: 2026-11-23\n# public key: age1…\n" + first + "\n",
		"two identities":    first + "\n" + second,
		"post-quantum":      secret.Value(pq.String()),
		"passphrase":        passphrase + "\n",
		"Korean passphrase": "오늘 점심은 김치찌개와 제육볶음 그리고 계란말이",
	} {
		t.Run(name, func(t *testing.T) {
			key := mustKey(t, text)
			sealed := mustSeal(t, key, sample())
			if bytes.Contains(sealed, []byte("refresh-text")) {
				t.Fatal("the sealed state shows a token")
			}
			got, err := key.Open(sealed)
			if err != nil || !state.Equal(got, sample()) {
				t.Fatalf("Open: %v; equal %v", err, state.Equal(got, sample()))
			}
		})
	}
	// Either of two identities opens what both sealed.
	sealed := mustSeal(t, mustKey(t, first+"\n"+second), sample())
	for _, one := range []secret.Value{first, second} {
		if _, err := mustKey(t, one).Open(sealed); err != nil {
			t.Errorf("one of two identities: %v", err)
		}
	}
}

func TestParseKeyRefusesWeakAndBrokenKeys(t *testing.T) {
	identity, _ := mustIdentity(t)
	for name, text := range map[string]secret.Value{
		"empty": "", "short": "nineteen characters", "identity cut off": identity[:40], "identity mistyped": identity[:20] + "B" + identity[21:],
	} {
		_, err := state.ParseKey(text)
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		if text != "" && strings.Contains(err.Error(), text.Reveal()) {
			t.Errorf("%s: the error shows the key: %v", name, err)
		}
		if h, ok := errors.AsType[interface {
			error
			Hint() string
			ExitCode() int
		}](err); !ok || h.Hint() == "" || h.ExitCode() != 2 {
			t.Errorf("%s: no hint or exit code 2 in %v", name, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	identity, recipient := mustIdentity(t)
	other, _ := mustIdentity(t)
	key := mustKey(t, identity)
	sealed := mustSeal(t, key, sample())
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)/2] ^= 1
	foreign := func(plain string) []byte {
		r, err := age.ParseX25519Recipient(recipient)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		w, err := age.Encrypt(&out, r)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(plain))
		w.Close()
		return out.Bytes()
	}
	for name, c := range map[string]struct {
		key  state.Key
		data []byte
		want error
	}{
		"wrong identity":        {mustKey(t, other), sealed, state.ErrWrongKey},
		"passphrase for it":     {mustKey(t, passphrase), sealed, state.ErrWrongKey},
		"wrong passphrase":      {mustKey(t, "another horse battery staple"), mustSeal(t, mustKey(t, passphrase), sample()), state.ErrWrongKey},
		"empty file":            {key, nil, state.ErrDamaged},
		"not an age file":       {key, []byte(`{"version":1}`), state.ErrDamaged},
		"cut off":               {key, sealed[:len(sealed)-40], state.ErrDamaged},
		"cut in the header":     {key, sealed[:60], state.ErrDamaged},
		"one bit flipped":       {key, flipped, state.ErrDamaged},
		"age file of a text":    {key, foreign("hello"), state.ErrDamaged},
		"age file without more": {key, foreign(""), state.ErrDamaged},
		"JSON of another kind":  {key, foreign(`{"token":"x"}`), state.ErrDamaged},
		"version zero":          {key, foreign(`{"version":0}`), state.ErrDamaged},
	} {
		got, err := c.key.Open(c.data)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if got.Version != 0 || got.Accounts != nil {
			t.Errorf("%s: a state came with the error", name)
		}
	}
	_, err := key.Open(foreign(`{"version":99,"accounts":{}}`))
	if newer, ok := errors.AsType[*state.VersionError](err); !ok || newer.Version != 99 || newer.ExitCode() != 3 {
		t.Errorf("a newer version: %v", err)
	}
}

func TestOpenTakesNullMaps(t *testing.T) {
	identity, recipient := mustIdentity(t)
	r, err := age.ParseX25519Recipient(recipient)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, r)
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(`{"version":1,"accounts":null,"jobs":{"lunch":{}}}`))
	w.Close()
	s, err := mustKey(t, identity).Open(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	s.Accounts[state.Me] = state.Account{}
	s.SetMark("lunch", monday, "me", state.Mark{Outcome: state.Sent, At: monday})
}

// The promise to users: what wtm writes, the age command reads, and the other way round.
func TestStockAgeCommand(t *testing.T) {
	path, err := exec.LookPath("age")
	if err != nil {
		t.Skip("the age command is not installed; CI installs it")
	}
	dir := t.TempDir()
	identity, recipient := mustIdentity(t)
	key := mustKey(t, identity)
	keyFile, sealedFile := filepath.Join(dir, "key.txt"), filepath.Join(dir, "tokens.age")
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(keyFile, []byte(identity.Reveal()+"\n"))
	write(sealedFile, mustSeal(t, key, sample()))
	plain, err := exec.Command(path, "-d", "-i", keyFile, sealedFile).Output()
	if err != nil {
		t.Fatalf("age -d: %v", err)
	}
	var got state.State
	if err := json.Unmarshal(plain, &got); err != nil || !state.Equal(got, sample()) {
		t.Errorf("what age -d printed is not the state: %v", err)
	}
	for _, flags := range [][]string{{"-e", "-r", recipient}, {"-e", "-a", "-r", recipient}} {
		encrypt := exec.Command(path, flags...)
		encrypt.Stdin = bytes.NewReader(plain)
		sealed, err := encrypt.Output()
		if err != nil {
			t.Fatalf("age %v: %v", flags, err)
		}
		if s, err := key.Open(sealed); err != nil || !state.Equal(s, sample()) {
			t.Errorf("a file of age %v: %v", flags, err)
		}
	}
}

func TestArmorKeepsTheState(t *testing.T) {
	identity, _ := mustIdentity(t)
	key := mustKey(t, identity)
	armored, err := state.Armor(mustSeal(t, key, sample()))
	if err != nil || !strings.HasPrefix(string(armored), "-----BEGIN AGE ENCRYPTED FILE-----") {
		t.Fatalf("Armor: %v\n%s", err, armored)
	}
	if s, err := key.Open([]byte("\n  " + string(armored) + "\n\n")); err != nil || !state.Equal(s, sample()) {
		t.Errorf("a pasted copy: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	identity, _ := mustIdentity(f)
	key := mustKey(f, identity)
	f.Add(mustSeal(f, key, sample()))
	f.Add([]byte("age-encryption.org/v1\n-> X25519 x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := key.Open(data)
		if err != nil && (s.Version != 0 || s.Accounts != nil || s.Jobs != nil) {
			t.Errorf("a state came with %v", err)
		}
	})
}

func BenchmarkSealOpen(b *testing.B) {
	identity, _ := mustIdentity(b)
	key := mustKey(b, identity)
	s := sample()
	for b.Loop() {
		sealed, err := key.Seal(s)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := key.Open(sealed); err != nil {
			b.Fatal(err)
		}
	}
}
