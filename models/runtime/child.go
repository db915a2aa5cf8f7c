package runtime

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// What may crash is done by a child: this program started again, with a request
// in its environment. A child must not become the program, so it begins here,
// before main, in whatever program uses this package, and in tests.
func init() {
	for name, serve := range map[string]func(request string) error{probeEnv: probeChild, guestEnv: serve} {
		request, is := os.LookupEnv(name)
		if !is {
			continue
		}
		// What a driver starts is no child of ours.
		os.Unsetenv(name)
		if err := serve(request); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// child is this program as a child with a request, which is not started yet.
func child(ctx context.Context, name string, request any) (*exec.Cmd, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), name+"="+string(text))
	// A driver's own child may keep the pipe open after ours was killed.
	cmd.WaitDelay = time.Second
	return cmd, nil
}
