package runtime

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
)

// guestEnv carries a guestRequest to the child.
const guestEnv = "SEEWHY_RUNTIME_GUEST"

type guestRequest struct {
	Library string `json:"library"`
	Mark    string `json:"mark"`
}

// guestOptions are the Options that travel. What a guest optimised is never
// kept: this process would load it.
type guestOptions struct {
	Device, Folder, Profile                           string
	Threads                                           int
	DisableOptimization, Frugal, TF32, Plain, Kernels bool
}

func travelling(o Options) guestOptions {
	return guestOptions{
		Device: o.Device, Folder: o.Folder, Profile: o.profile, Threads: o.Threads,
		DisableOptimization: o.DisableOptimization, Frugal: o.Frugal, TF32: o.TF32, Plain: o.Plain, Kernels: o.Kernels,
	}
}

func (g guestOptions) options() Options {
	return Options{
		Device: g.Device, Folder: g.Folder, profile: g.Profile, Threads: g.Threads,
		DisableOptimization: g.DisableOptimization, Frugal: g.Frugal, TF32: g.TF32, Plain: g.Plain, Kernels: g.Kernels,
		here: true,
	}
}

// serve answers letters until the process that started this one closes the
// pipe, or ends.
func serve(request string) error {
	var r guestRequest
	if err := json.Unmarshal([]byte(request), &r); err != nil {
		return fmt.Errorf("%s: %w", guestEnv, err)
	}
	h := host{mark: r.Mark, letters: make(chan letter)}
	// Reading goes on while a model runs, or crashes: a closed pipe ends both.
	go h.read()
	lib, err := Open(r.Library)
	if err != nil {
		return h.answer(letter{}, err)
	}
	var session *Session
	for l := range h.letters {
		var a letter
		var err error
		switch l.Kind {
		case "describe":
			a.Ins, a.Outs, err = lib.describeHere(l.model)
		case "create":
			session, err = lib.NewSession(l.model, l.Inputs, l.Outputs, l.Options.options())
		case "run":
			if session == nil {
				err = ErrClosed
				break
			}
			a.tensors, err = session.Run(l.ctx, l.tensors)
		case "close":
			// What the library writes at a session's end, it writes now.
			if session != nil {
				err = session.Close()
				session = nil
			}
		default:
			err = fmt.Errorf("a letter of the kind %q", l.Kind)
		}
		if err := h.answer(a, err); err != nil {
			return err
		}
	}
	return nil
}

// host is a guest's end of the pipes.
type host struct {
	mark    string
	letters chan letter
}

func (h host) read() {
	in := bufio.NewReaderSize(os.Stdin, 1<<16)
	stop := func() {}
	for {
		l, err := collect(in, h.mark)
		if err != nil {
			os.Exit(0)
		}
		if l.Kind == "stop" {
			stop()
			continue
		}
		stop()
		l.ctx, stop = context.WithCancel(context.Background())
		h.letters <- l
	}
}

func (h host) answer(a letter, err error) error {
	a.Kind = "answer"
	if err != nil {
		a.sealed(err)
	}
	return post(os.Stdout, h.mark, a)
}
