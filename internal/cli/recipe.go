package cli

import (
	"context"
	"fmt"
	"slices"

	"wtm/internal/recipe"
)

func runRecipe(_ context.Context, e Env, args []string) error {
	f := newFlags(e, "recipe", "list | show NAME", "list prints configs for what people watch most; show prints one, to start your wtm.yml from.")
	if err := parse(f, args, 2); err != nil {
		return err
	}
	all := recipe.All()
	switch {
	case f.Arg(0) == "list" && f.NArg() == 1:
		for _, r := range all {
			fmt.Fprintf(e.Stdout, "%-20s %s\n", r.Name, r.About)
		}
		fmt.Fprintln(e.Stdout, "next: wtm recipe show NAME > .github/wtm.yml")
		return nil
	case f.Arg(0) == "show" && f.NArg() == 2:
		i := slices.IndexFunc(all, func(r recipe.Recipe) bool { return r.Name == f.Arg(1) })
		if i < 0 {
			return &usageError{text: "there is no recipe " + quoted(f.Arg(1)), hint: "wtm recipe list"}
		}
		_, err := e.Stdout.Write(all[i].Config)
		return err
	}
	return &usageError{text: "recipe takes list, or show with a name", hint: "wtm recipe list"}
}
