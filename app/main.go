// Seewhy is the program: a window, and the same engine at the command line.
// What it can do is in seewhy/app/cli; here the window is wired in.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"fyne.io/fyne/v2"

	"seewhy/analysis/engine"
	"seewhy/app/cli"
	"seewhy/app/internal/clipboard"
	_ "seewhy/app/internal/clocale"
	"seewhy/assets/icon"
	"seewhy/models/library"
	"seewhy/ui"
)

// version is stamped in by the Makefile.
var version string

func main() {
	interrupts := &cli.Interrupts{}
	ctx, stop := ended(interrupts)
	os.Exit(cli.Run(ctx, cli.Program{
		Version: version, Interrupts: interrupts, Args: os.Args[1:], Env: os.Getenv,
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Window: func(o cli.WindowOptions) error {
			if !ui.HasDisplay() {
				return cli.ErrNoDisplay
			}
			// The toolkit has its own loop: an interrupt ends it as it ends any window.
			stop()
			return window(o)
		},
	}))
}

// ended is a context that ends with an interrupt, unless what runs takes the
// first one for itself. One more ends the program whatever it is doing; stop
// leaves interrupts alone.
func ended(taken *cli.Interrupts) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for s := range signals {
			if s == os.Interrupt && taken.Taken() {
				continue
			}
			signal.Stop(signals)
			cancel()
			return
		}
	}()
	return ctx, func() { signal.Stop(signals) }
}

func window(o cli.WindowOptions) error {
	boot := func() (ui.Engine, error) {
		e, err := engine.New(engine.Options{Library: o.Library, Version: o.Version, Memory: library.UserMemory(), SessionsDir: engine.UserSessionsDir()})
		if err != nil {
			return nil, err
		}
		return e, nil
	}
	desktop := clipboard.New("")
	defer desktop.Close()
	return ui.Run(boot, ui.Options{
		Files: o.Files, Language: o.Language, Icon: fyne.NewStaticResource(icon.Name, icon.PNG()),
		Session: ui.UserSession(), Tour: true, Clipboard: desktop,
	})
}
