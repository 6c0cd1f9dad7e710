// Package cli holds the commands of wtm: flags, wording, hints and exit codes.
//
// Standard output is the result, standard error the story. An error is one sentence, what and where, followed by a hint
// that is a command or a page. Only main ends the process.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Env is all of the process that a command may touch.
type Env struct {
	// Args are the arguments after the program's name.
	Args []string
	// Getenv looks a variable up; [os.LookupEnv] fits.
	Getenv func(name string) (string, bool)
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer

	// commands is where the runner of GitHub Actions hears commands; nil elsewhere.
	commands io.Writer
}

// The exit codes of every command.
const (
	ExitDone   = 0 // done, also when nothing was due
	ExitFailed = 1 // something failed, or a slot was missed
	ExitUsage  = 2 // wrong flags, configuration or environment
	ExitPerson = 3 // a person must act, such as log in again
)

// command is one word after wtm.
type command struct {
	name string
	// short says in one line what it does.
	short string
	run   func(ctx context.Context, e Env, args []string) error
}

func commands() []command {
	return []command{
		{"run", "send what is due now, once", runRun},
		{"preview", "show what would be sent, in the terminal or as a page", runPreview},
		{"demo", "show a whole run in a world of its own, without an account", runDemo},
		{"login", "log in to Kakao and keep the sealed tokens", runLogin},
		{"check", "check wtm.yml and the environment", runCheck},
		{"doctor", "look at everything a run needs, and ask Kakao about the login", runDoctor},
		{"recipe", "list or print configs to start from", runRecipe},
		{"schedule", "print the next slots, and cron lines that serve them", runSchedule},
		{"state", "show what is remembered, import an emergency copy, change the key", runState},
		{"version", "print the version", runVersion},
	}
}

// Main runs the command that e.Args name and returns the exit code.
func Main(ctx context.Context, e Env) int {
	e = e.onActions()
	err := dispatch(ctx, e)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return ExitDone
	}
	e.tellFailure(err)
	return report(e, err)
}

func dispatch(ctx context.Context, e Env) error {
	if len(e.Args) == 0 {
		usage(e.Stderr)
		return &usageError{text: "no command given", hint: "wtm demo"}
	}
	name, args := e.Args[0], e.Args[1:]
	if slices.Contains([]string{"help", "-h", "-help", "--help"}, name) {
		usage(e.Stdout)
		return nil
	}
	if name == "-version" || name == "--version" {
		name = "version"
	}
	for _, c := range commands() {
		if c.name == name {
			return c.run(ctx, e, args)
		}
	}
	return &usageError{text: "there is no command " + quoted(name), hint: "wtm help"}
}

func usage(w io.Writer) {
	fmt.Fprint(w, "wtm sends what it finds on the web, at the set time, to KakaoTalk.\n\nUsage: wtm COMMAND [FLAGS]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-9s %s\n", c.name, c.short)
	}
	fmt.Fprint(w, "\nwtm COMMAND -h shows the flags of a command. Start with: wtm demo\n"+
		"Exit codes: 0 done · 1 something failed · 2 usage or configuration · 3 a person must act\n")
}

// newFlags returns a flag set that reports errors instead of ending the process.
func newFlags(e Env, name, synopsis, about string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {
		fmt.Fprintf(e.Stdout, "Usage: wtm %s\n\n%s\n", strings.TrimSpace(name+" "+synopsis), about)
		f.VisitAll(func(one *flag.Flag) {
			argument, usage := flag.UnquoteUsage(one)
			fmt.Fprintf(e.Stdout, "  %-24s %s\n", strings.TrimSpace("--"+one.Name+" "+argument), usage)
		})
	}
	return f
}

// parse reads the flags, which may stand before and after the words, and refuses more words than max.
func parse(f *flag.FlagSet, args []string, max int) error {
	shown := f.Usage
	f.Usage = func() {}
	var words []string
	err := f.Parse(args)
	for err == nil && f.NArg() > 0 {
		words = append(words, f.Arg(0))
		err = f.Parse(f.Args()[1:])
	}
	if err == nil {
		err = f.Parse(append([]string{"--"}, words...))
	}
	if errors.Is(err, flag.ErrHelp) {
		shown()
		return err
	}
	if err != nil {
		return &usageError{text: err.Error(), hint: "wtm " + f.Name() + " -h"}
	}
	if f.NArg() > max {
		return &usageError{text: "unexpected argument " + quoted(f.Arg(max)), hint: "wtm " + f.Name() + " -h"}
	}
	return nil
}

// quoted shows an argument, but for an address, which may hold an authorization code.
func quoted(argument string) string {
	if strings.Contains(argument, "://") || strings.Contains(argument, "code=") {
		return "that is an address; a pasted one goes after --redirected-url"
	}
	return strconv.Quote(argument)
}

// OSEnv returns the environment of this process.
func OSEnv() Env {
	return Env{Args: os.Args[1:], Getenv: os.LookupEnv, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
}
