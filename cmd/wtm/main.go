// Command wtm sends what it finds on the web, at the set time, to KakaoTalk.
//
// Its manual is README.md; wtm help lists the commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"wtm/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := cli.Main(ctx, cli.OSEnv())
	stop()
	os.Exit(code)
}
