package cli

import (
	"context"

	"wtm/internal/demo"
)

func runDemo(ctx context.Context, e Env, args []string) error {
	f := newFlags(e, "demo", "", "Shows a whole run in a world of its own: no account, no network, nothing left behind.")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	return demo.Run(ctx, e.Stdout)
}
