package config

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"github.com/sethvargo/go-envconfig"

	"wtm/internal/secret"
)

// DefaultFile is where a repository keeps its config.
const DefaultFile = ".github/wtm.yml"

// Env is what the environment says. A variable that is empty counts as not set: that is how GitHub Actions passes a
// secret that does not exist.
type Env struct {
	// RESTAPIKey is the app's key, which OAuth calls client_id.
	RESTAPIKey   string       `env:"KAKAO_REST_API_KEY"`
	ClientSecret secret.Value `env:"KAKAO_CLIENT_SECRET"`
	RedirectURI  string       `env:"KAKAO_REDIRECT_URI, default=http://localhost:3000/callback"`
	// AuthURL and APIURL are the bases of Kakao's hosts; empty means the real ones.
	AuthURL string `env:"KAKAO_AUTH_URL"`
	APIURL  string `env:"KAKAO_API_URL"`

	// StateKey is an age identity or a passphrase.
	StateKey secret.Value `env:"WTM_STATE_KEY"`
	// StateStore is file, repo or secret; empty means repo inside GitHub Actions and file elsewhere.
	StateStore string `env:"WTM_STATE_STORE"`
	StatePath  string `env:"WTM_STATE_PATH, default=state/tokens.age"`
	// StateBranch is where the repo store commits; empty means the branch that the workflow runs on.
	StateBranch string `env:"WTM_STATE_BRANCH"`
	// StateText is the state of the secret store, in base64.
	StateText secret.Value `env:"WTM_STATE"`
	// SecretsToken is a GitHub token that may write secrets.
	SecretsToken secret.Value `env:"WTM_GITHUB_TOKEN"`
	// NewStateKey is what `wtm state rekey` seals with.
	NewStateKey secret.Value `env:"WTM_NEW_STATE_KEY"`

	// Chrome is the path of Chrome's program; empty means that it is looked for on PATH.
	Chrome string `env:"WTM_CHROME"`

	// What GitHub Actions sets, and the token that the workflow passes on.
	OnActions   string       `env:"GITHUB_ACTIONS"` // "true" there
	GitHubToken secret.Value `env:"GITHUB_TOKEN"`
	GitHubAPI   string       `env:"GITHUB_API_URL"`
	Repository  string       `env:"GITHUB_REPOSITORY"`
	RefName     string       `env:"GITHUB_REF_NAME"`
	EventPath   string       `env:"GITHUB_EVENT_PATH"`
	StepSummary string       `env:"GITHUB_STEP_SUMMARY"`

	// Text is a whole config, File the path of one.
	Text string `env:"WTM_CONFIG"`
	File string `env:"WTM_CONFIG_FILE"`

	lookup func(string) (string, bool)
	assume bool
}

// LoadEnv reads the environment through getenv, for which [os.LookupEnv] fits.
func LoadEnv(ctx context.Context, getenv func(string) (string, bool)) (Env, error) {
	lookup := func(name string) (string, bool) {
		text, _ := getenv(name)
		if name != "WTM_CONFIG" { // whose first line may be indented like the others
			text = strings.TrimSpace(text)
		}
		return text, strings.TrimSpace(text) != ""
	}
	env := Env{lookup: lookup}
	err := envconfig.ProcessWith(ctx, &envconfig.Config{Target: &env, Lookuper: lookuper(lookup)})
	if err != nil {
		return Env{}, fmt.Errorf("reading the environment: %w", err)
	}
	for name, text := range map[string]string{"KAKAO_AUTH_URL": env.AuthURL, "KAKAO_API_URL": env.APIURL} {
		if u, err := url.Parse(text); text != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil) {
			return Env{}, &BaseURLError{Name: name}
		}
	}
	return env, nil
}

// BaseURLError is a variable that is no base address. Its value is not shown: it may hold a password.
type BaseURLError struct{ Name string }

func (e *BaseURLError) Error() string {
	return e.Name + " is not an http or https address without a user"
}

// Hint names the usual setting.
func (e *BaseURLError) Hint() string { return "unset " + e.Name }

// ExitCode is that of a wrong environment.
func (*BaseURLError) ExitCode() int { return 2 }

// lookuper is go-envconfig's way to look a variable up.
type lookuper func(name string) (string, bool)

func (l lookuper) Lookup(name string) (string, bool) { return l(name) }

// MissingError names all variables that a command needs and that are not set.
type MissingError struct{ Names []string }

func (e *MissingError) Error() string {
	if len(e.Names) == 1 {
		return "the environment variable " + e.Names[0] + " is not set"
	}
	return "these environment variables are not set: " + strings.Join(e.Names, ", ")
}

// Hint says where their values come from.
func (e *MissingError) Hint() string {
	var hints []string
	for _, name := range e.Names {
		switch name {
		case "KAKAO_REST_API_KEY":
			hints = append(hints, "the REST API key stands at https://developers.kakao.com/console/app under App > Platform keys > REST API key")
		case "WTM_STATE_KEY":
			hints = append(hints, "WTM_STATE_KEY is what the first `wtm login` printed")
		case "WTM_NEW_STATE_KEY":
			hints = append(hints, "set it to a new key: age-keygen makes one")
		case "WTM_GITHUB_TOKEN":
			hints = append(hints, "make a fine-grained token of the repository with Secrets: read and write at https://github.com/settings/personal-access-tokens")
		case "GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_REF_NAME":
			hints = append(hints, name+" comes from GitHub Actions; elsewhere: export WTM_STATE_STORE=file")
		}
	}
	return strings.Join(hints, "; ")
}

// ExitCode is that of a wrong environment.
func (*MissingError) ExitCode() int { return 2 }

// Actions reports whether this is a step of a workflow.
func (e Env) Actions() bool { return e.OnActions == "true" }

// Secrets are the secrets the environment holds.
func (e Env) Secrets() []secret.Value {
	return []secret.Value{e.ClientSecret, e.StateKey, e.NewStateKey, e.StateText, e.SecretsToken, e.GitHubToken, secret.Value(e.RESTAPIKey)}
}

// Require returns a [MissingError] unless all the named variables are set.
func (e Env) Require(names ...string) error {
	var missing []string
	for _, name := range names {
		if _, ok := e.lookup(name); !ok {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return &MissingError{Names: missing}
	}
	return nil
}

// LoadConfig reads the config that the environment names: WTM_CONFIG itself, else the file WTM_CONFIG_FILE, else
// [DefaultFile], else the built-in example.
func (e Env) LoadConfig() (Config, error) {
	getenv := func(name string) string {
		text, _ := e.lookup(name)
		if text == "" && e.assume {
			return assumed
		}
		return text
	}
	if e.Text != "" {
		return Parse("WTM_CONFIG", []byte(e.Text), getenv)
	}
	if e.File != "" {
		return parseFile(e.File, getenv)
	}
	cfg, err := parseFile(DefaultFile, getenv)
	if !errors.Is(err, fs.ErrNotExist) {
		return cfg, err
	}
	for _, name := range []string{"wtm.yml", "wtm.yaml", ".github/wtm.yaml"} {
		if _, err := os.Stat(name); err == nil {
			return Config{}, &MisplacedError{Name: name}
		}
	}
	return Parse(BuiltIn, example, getenv)
}

// assumed stands for a variable that is not set and not needed.
const assumed = "variable-that-is-not-set"

// AssumeVariables returns the environment for who reads the config without making its requests: a ${NAME} that is not set
// is no error.
func (e Env) AssumeVariables() Env {
	e.assume = true
	return e
}

// BuiltIn is the File of the built-in config.
const BuiltIn = "the built-in example"

// MisplacedError is a config file where none is looked for; using another in its place would send a stranger's messages.
type MisplacedError struct{ Name string }

func (e *MisplacedError) Error() string {
	return fmt.Sprintf("there is %s here, but the config is read from %s", e.Name, DefaultFile)
}

// Hint says how to use it.
func (e *MisplacedError) Hint() string {
	return "mkdir -p .github && mv " + e.Name + " " + DefaultFile + ", or export WTM_CONFIG_FILE=" + e.Name
}

// ExitCode is that of wrong configuration.
func (*MisplacedError) ExitCode() int { return 2 }

func parseFile(name string, getenv func(string) string) (Config, error) {
	f, err := os.Open(name)
	if err != nil {
		return Config{}, &FileError{Name: name, Err: err}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return Config{}, &FileError{Name: name, Err: err}
	}
	return Parse(name, data, getenv)
}

// FileError is a config file that cannot be read.
type FileError struct {
	Name string
	Err  error
}

func (e *FileError) Error() string {
	reason := e.Err
	if p, ok := errors.AsType[*fs.PathError](e.Err); ok {
		reason = p.Err
	}
	return fmt.Sprintf("reading the config %s: %v", e.Name, reason)
}

// Unwrap returns why.
func (e *FileError) Unwrap() error { return e.Err }

// Hint says what decides which file is read.
func (e *FileError) Hint() string {
	return "WTM_CONFIG_FILE names the file; without it " + DefaultFile + " is read, and without that the built-in example"
}

// ExitCode is that of wrong configuration.
func (*FileError) ExitCode() int { return 2 }
