package store

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/google/go-github/v60/github"
	"golang.org/x/crypto/nacl/box"

	"wtm/internal/secret"
)

// secretName is the repository secret that holds the state.
const secretName = "WTM_STATE"

// maxSecret is what GitHub takes in one secret (https://docs.github.com/en/actions/reference/security/secrets).
const maxSecret = 48 << 10

// Secret is a state in the repository secret WTM_STATE. It comes in through the environment, base64-encoded, as it was
// when the run was queued, and goes out sealed to the repository's key. There is no compare-and-swap: the last save wins.
type Secret struct {
	// Client's token may write secrets, which the one of a workflow never may.
	Client      *github.Client
	Owner, Name string
	// Value is the secret as the environment has it.
	Value secret.Value
	// Sleep waits between tries; nil waits for real.
	Sleep func(ctx context.Context, d time.Duration) error
}

// String says where the state is, for people.
func (s Secret) String() string {
	return fmt.Sprintf("secret %s of %s/%s", secretName, s.Owner, s.Name)
}

// Load returns what the environment holds; [ErrNotExist] when that is nothing.
func (s Secret) Load(context.Context) ([]byte, Revision, error) {
	if s.Value == "" {
		return nil, "", fmt.Errorf("%s: %w", s, ErrNotExist)
	}
	data, err := base64.StdEncoding.DecodeString(s.Value.Reveal())
	if err != nil {
		// The decoder's error would quote a part of it.
		return nil, "", &GitHubError{Op: "reading " + s.String(), Reason: "it is not base64", hint: "set it to the output of: base64 -w0 state/tokens.age"}
	}
	return data, revision(data), nil
}

// Save seals data to the repository's public key (https://docs.github.com/en/rest/actions/secrets) and replaces the
// secret, whatever is in it.
func (s Secret) Save(ctx context.Context, data []byte, _ Revision, _ string) (Revision, error) {
	op := "saving " + s.String()
	text := base64.StdEncoding.EncodeToString(data)
	if len(text) > maxSecret {
		return "", &GitHubError{Op: op, Reason: "the state is larger than the 48 KB of a secret", hint: "use another place: WTM_STATE_STORE=repo"}
	}
	sealed, err := s.seal(ctx, op, text)
	if err != nil {
		return "", err
	}
	err = retry(ctx, s.Sleep, op, func() error {
		_, err := s.Client.Actions.CreateOrUpdateRepoSecret(ctx, s.Owner, s.Name, sealed)
		return err
	})
	return revision(data), explain(op, err)
}

// seal encrypts text to the repository's public key.
func (s Secret) seal(ctx context.Context, op, text string) (*github.EncryptedSecret, error) {
	var key *github.PublicKey
	err := retry(ctx, s.Sleep, op, func() (err error) {
		key, _, err = s.Client.Actions.GetRepoPublicKey(ctx, s.Owner, s.Name)
		return err
	})
	if err != nil {
		return nil, secretsHint(explain(op, err))
	}
	decoded, err := base64.StdEncoding.DecodeString(key.GetKey())
	if err != nil || len(decoded) != 32 {
		return nil, &GitHubError{Op: op, Reason: "the repository's public key is not one of 32 bytes", hint: "https://www.githubstatus.com", temporary: true}
	}
	sealed, err := box.SealAnonymous(nil, []byte(text), (*[32]byte)(decoded), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("%s: sealing it: %w", op, err)
	}
	return &github.EncryptedSecret{Name: secretName, KeyID: key.GetKeyID(), EncryptedValue: base64.StdEncoding.EncodeToString(sealed)}, nil
}

// secretsHint names the token that may write secrets, where a token may not.
func secretsHint(err error) error {
	if e, ok := err.(*GitHubError); ok && !e.temporary {
		e.hint = "set WTM_GITHUB_TOKEN to a fine-grained token of this repository with Secrets: read and write"
	}
	return err
}
