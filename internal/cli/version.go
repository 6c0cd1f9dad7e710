package cli

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
)

func runVersion(_ context.Context, e Env, args []string) error {
	f := newFlags(e, "version", "", "Prints the version of wtm and of the Go it was built with.")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	fmt.Fprintln(e.Stdout, version())
	return nil
}

// version says which build this is, as far as the build knows.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "wtm (unknown build)"
	}
	words := []string{"wtm", info.Main.Version}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			words = append(words, s.Value[:12])
		}
	}
	return strings.Join(append(words, info.GoVersion), " ")
}
