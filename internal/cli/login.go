package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/cli/browser"

	"wtm/internal/actions"
	"wtm/internal/config"
	"wtm/internal/kakao"
	"wtm/internal/login"
	"wtm/internal/run"
	"wtm/internal/secret"
	"wtm/internal/state"
	"wtm/internal/store"
)

// openBrowser opens an address. What browsers print of themselves is nobody's concern.
func openBrowser(address string) error {
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	return browser.OpenURL(address)
}

// loginTimeout is how long a person may take in the browser.
const loginTimeout = 5 * time.Minute

func runLogin(ctx context.Context, e Env, args []string) error {
	f := newFlags(e, "login", "[FLAGS]", "Logs in to Kakao in the browser, checks the consent and keeps the sealed tokens.")
	pasted := f.String("redirected-url", "", "take the `ADDRESS` the browser was sent to, instead of listening for it; - reads it from standard input")
	account := f.String("account", config.Me, "keep the login under this `NAME`, for `to: [{account: NAME}]`: another person, who logs in once")
	replace := f.Bool("replace", false, "let another Kakao account take the place of the one that is kept under the name")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	env, err := e.load(ctx)
	if err != nil {
		return err
	}
	needed := []string{"KAKAO_REST_API_KEY"}
	if env.Actions() { // where a key that was made would be printed into the log
		needed = append(needed, "WTM_STATE_KEY")
	}
	if err := env.Require(needed...); err != nil {
		return err
	}
	var event actions.Event
	if env.Actions() {
		if event, err = actions.ReadEvent(env.EventPath); err != nil {
			return err
		}
		*account, *replace = cmp.Or(event.Text("account"), *account), *replace || event.Flag("replace")
		*pasted = cmp.Or(*pasted, event.Text("redirected_url"))
	}
	if err := config.CheckAccountName(*account); err != nil {
		return &usageError{text: "reading --account: " + err.Error(), hint: "wtm login --account mom"}
	}
	cfg, err := env.AssumeVariables().LoadConfig()
	if err != nil { // of which a login needs no more than whether there are friends in it
		fmt.Fprintf(e.Stderr, "wtm: warning: the config cannot be read, so the login does not ask for friends: %v\n", apart(err)[0])
	}
	flow := login.Flow{
		Client:        newKakao(env),
		RedirectURI:   env.RedirectURI,
		Open:          openBrowser,
		Print:         func(line string) { fmt.Fprintln(e.Stderr, line) },
		Friends:       *account == config.Me && cfg.Friends(),
		SelectAccount: *account != config.Me,
		Timeout:       loginTimeout,
	}
	if env.Actions() && *pasted == "" {
		return e.askForAddress(env, flow, keeping{*account, *replace})
	}
	return keepLogin(ctx, e, env, flow, *pasted, keeping{*account, *replace})
}

// keeping is how a login is kept.
type keeping struct {
	name    string // of the account
	replace bool   // also in place of another person's
}

// check refuses to mix people up: one login under two names, or another person's in place of the one there is.
func (k keeping) check(accounts map[string]state.Account, user kakao.User) error {
	for other, a := range accounts {
		if other != k.name && a.UserID == user.ID {
			return &samePersonError{name: k.name, other: other}
		}
	}
	if before, ok := accounts[k.name]; ok && before.UserID != 0 && before.UserID != user.ID && !k.replace {
		return &otherPersonError{k.name}
	}
	return nil
}

// keepLogin does the login and puts the tokens into the state.
func keepLogin(ctx context.Context, e Env, env config.Env, flow login.Flow, pasted string, as keeping) error {
	p, err := openPlace(env)
	if err != nil {
		return err
	}
	release, err := lock(ctx, p)
	if err != nil {
		return err
	}
	defer release()
	// A state that cannot be opened stops the login before Kakao is asked for anything: it may hold what was sent.
	key, made, err := loginKey(ctx, env, p)
	if err != nil {
		return err
	}
	before, err := load(ctx, p, key)
	if err != nil {
		return err
	}
	grant, err := obtain(ctx, e, flow, pasted)
	if err != nil {
		return err
	}
	e.learn(grant.AccessToken)
	e.learn(grant.RefreshToken)
	user, err := flow.Verify(ctx, grant)
	if err != nil {
		return err
	}
	if err := as.check(before.Accounts, user); err != nil {
		return err
	}
	if made != "" {
		e.showKey(made)
	}
	account := run.Renew(state.Account{UserID: user.ID}, grant, time.Now())
	err = update(ctx, p, key, key, "wtm: log in", func(old stored) state.State {
		next := old.Clone()
		next.Accounts[as.name] = account
		return next
	})
	if err != nil {
		return err
	}
	done := fmt.Sprintf("%s; the sealed state is in %s and the login lasts until %s", loggedIn(as.name), p, account.Refresh.ExpiresAt.Format("2006-01-02"))
	fmt.Fprintln(e.Stdout, done)
	if env.Actions() {
		return actions.Summary{Title: "Logged in to Kakao", Facts: []string{done, "next: start the workflow run, with dry_run to see the message first"}}.Append(env.StepSummary)
	}
	fmt.Fprintln(e.Stdout, "slots from now on will be sent; next: wtm run --dry-run")
	return nil
}

// askForAddress is a login's first half in a workflow, which has no browser: it says which address to open.
func (e Env) askForAddress(env config.Env, flow login.Flow, as keeping) error {
	again := ""
	if as.name != config.Me {
		again += ", with the account " + as.name
	}
	if as.replace {
		again += ", with replace"
	}
	address := unmasked(flow.Address(), env.RESTAPIKey)
	fmt.Fprintf(e.Stdout, "open this address in a browser, log in, and start this workflow again with the address you are sent to:\n%s\n", address)
	return actions.Summary{
		Title: "One half of the login is done",
		Facts: []string{
			"Open the address below in a browser, and log in to Kakao.",
			"The page you are sent to, " + flow.RedirectURI + ", cannot be shown: that is right.",
			"Copy its address from the browser's bar, and start this workflow again with it" + again + ", within a few minutes.",
		},
		Link: address,
	}.Append(env.StepSummary)
}

// unmasked writes a text within an address by its bytes' numbers: the runner masks the app's key, which is a secret of the
// repository, in log and summary, and a browser needs it. OAuth's client_id is no secret: every login page shows it.
func unmasked(address, text string) string {
	var b strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&b, "%%%02X", text[i])
	}
	return strings.ReplaceAll(address, url.QueryEscape(text), b.String())
}

// maxAddress is far above any address a browser shows.
const maxAddress = 64 << 10

func obtain(ctx context.Context, e Env, flow login.Flow, pasted string) (kakao.Grant, error) {
	switch pasted {
	case "":
		return flow.Loopback(ctx)
	case "-": // keeps the code out of the list of processes
		fmt.Fprintln(e.Stderr, "Paste the address that the browser was sent to, and press Enter:")
		line, err := bufio.NewReader(io.LimitReader(e.Stdin, maxAddress)).ReadString('\n')
		if err != nil && err != io.EOF {
			return kakao.Grant{}, fmt.Errorf("reading the address from standard input: %w", err)
		}
		pasted = line
	}
	pasted = strings.TrimSpace(pasted)
	e.learn(secret.Value(pasted))
	if u, err := url.Parse(pasted); err == nil {
		e.learn(secret.Value(u.Query().Get("code")))
	}
	return flow.Pasted(ctx, pasted)
}

// loginKey returns the key of the state. When the environment names none and there is no state yet, it makes an identity,
// and returns that too: it is to be shown once the login has worked.
func loginKey(ctx context.Context, env config.Env, p place) (key state.Key, made secret.Value, err error) {
	if env.StateKey != "" {
		key, err = stateKey(env.StateKey)
		return key, "", err
	}
	if _, _, err := p.Load(ctx); !errors.Is(err, store.ErrNotExist) {
		return key, "", errors.Join(err, &keyNeededError{p})
	}
	made, _, err = state.GenerateIdentity()
	if err != nil {
		return key, "", fmt.Errorf("making an age identity: %w", err)
	}
	key, err = stateKey(made)
	return key, made, err
}

// showKey prints a key that was made, once: it is the user's to keep, and nothing else can open the state.
func (e Env) showKey(identity secret.Value) {
	fmt.Fprintf(e.Stderr, "This is the key of the state. Keep it: it is shown this once, and nothing else opens the state.\n\n    %s\n\n"+
		"On this machine: export WTM_STATE_KEY='AGE-SECRET-KEY-...'; in a fork: Settings > Secrets and variables > Actions > New repository secret.\n\n",
		identity.Reveal())
}

// loggedIn says who is.
func loggedIn(name string) string {
	if name == config.Me {
		return "logged in"
	}
	return "account " + name + " is logged in"
}
