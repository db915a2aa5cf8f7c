package runtime

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"

	ort "github.com/yalue/onnxruntime_go"

	"seewhy/models/tensor"
)

// The library ends its process on some nodes that a stranger can write: an
// operand left out, a rank that nobody thought of. A model with operators
// that are not proven (see proven.go) is therefore never given to the library in
// this process. It goes to a guest: this program started again, which builds and
// runs the session and is written to through pipes. What ends the guest is an
// error here. All other models run in this process and pay nothing.

// ErrGuest is wrapped where a guest crashed or did not answer.
var ErrGuest = errors.New("ONNX Runtime cannot run this model")

const (
	// describeLimit bounds the loading of a model that runs nothing.
	describeLimit = time.Minute
	// stopLimit is how long a guest may go on after it was told to stop.
	stopLimit = 2 * time.Second
)

// guest is a process with at most one session in it, which is made again
// where the process is gone.
type guest struct {
	library string
	// unproven names the operators for which it is.
	unproven []string
	// create makes the session, nil where the guest only describes.
	create *letter
	limit  time.Duration

	// mutex is held by the one call at a time.
	mutex  sync.Mutex
	closed bool
	p      *process
}

// process is a guest's.
type process struct {
	cmd    *exec.Cmd
	mark   string
	in     io.WriteCloser
	errors *tailless
	// answers has what it writes, and is closed when it is gone.
	answers chan letter
	// gone is closed when the process was waited for.
	gone chan struct{}
}

func startProcess(library string) (*process, error) {
	secret := make([]byte, (markLength-1)/2)
	if _, err := rand.Read(secret); err != nil {
		return nil, err
	}
	p := &process{mark: "\x01" + hex.EncodeToString(secret), errors: &tailless{}, answers: make(chan letter), gone: make(chan struct{})}
	var err error
	if p.cmd, err = child(context.Background(), guestEnv, guestRequest{Library: library, Mark: p.mark}); err != nil {
		return nil, err
	}
	p.cmd.Stderr = p.errors
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.gone)
		from := bufio.NewReaderSize(out, 1<<16)
		for {
			l, err := collect(from, p.mark)
			if err != nil {
				break
			}
			p.answers <- l
		}
		// What it wrote wrongly is as good as its end.
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		close(p.answers)
	}()
	return p, nil
}

// end ends a process, whatever it is doing, and waits for that.
func (p *process) end() {
	_ = p.cmd.Process.Kill()
	_ = p.in.Close()
	for range p.answers {
	}
	<-p.gone
}

// how says in what way a process ended of itself.
func (p *process) how() string {
	for line := range strings.Lines(p.errors.String()) {
		// The words of Go's runtime for what C code did.
		if strings.HasPrefix(line, "SIG") || strings.HasPrefix(line, "Exception 0x") {
			return strings.TrimSpace(line)
		}
	}
	return p.cmd.ProcessState.String()
}

// tailless keeps the beginning of what is written to it.
type tailless struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (t *tailless) Write(b []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	const most = 1 << 16
	t.text.Write(b[:min(len(b), max(most-t.text.Len(), 0))])
	return len(b), nil
}

func (t *tailless) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.text.String()
}

// ask writes a letter and waits for its answer. Where ctx ends the guest is
// told to stop; where it does not, or limit (0: none) is over, it is ended.
func (g *guest) ask(ctx context.Context, l letter, limit time.Duration) (letter, error) {
	p := g.p
	// A guest that crashes reads no further; that shows in the answers.
	var writing sync.WaitGroup
	defer writing.Wait()
	sent := make(chan struct{})
	writing.Go(func() {
		defer close(sent)
		_ = post(p.in, p.mark, l)
	})
	var over <-chan time.Time
	if limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		over = timer.C
	}
	done := ctx.Done()
	for {
		select {
		case a, ok := <-p.answers:
			if !ok {
				g.p = nil
				_ = p.in.Close()
				return letter{}, g.crashed(p)
			}
			return a, a.err()
		case <-done:
			done = nil
			timer := time.NewTimer(stopLimit)
			defer timer.Stop()
			over = timer.C
			writing.Go(func() {
				<-sent
				_ = post(p.in, p.mark, letter{Kind: "stop"})
			})
		case <-over:
			g.p = nil
			p.end()
			if err := ctx.Err(); err != nil {
				return letter{}, err
			}
			return letter{}, fmt.Errorf("%w: it has not loaded it in %v, in a process apart; suspect are %s: export the model with ordinary ONNX operators, without the runtime's own optimisations", ErrGuest, limit, g.names())
		}
	}
}

func (g *guest) crashed(p *process) error {
	return fmt.Errorf("%w: it ended the process in which it ran apart (%s); suspect are %s: export the model with ordinary ONNX operators, without the runtime's own optimisations", ErrGuest, p.how(), g.names())
}

// names lists the operators, as many as fit into a sentence.
func (g *guest) names() string {
	const most = 6
	list := g.unproven
	if len(list) > most {
		return fmt.Sprintf("%s, … (+%d)", strings.Join(list[:most], ", "), len(list)-most)
	}
	return strings.Join(list, ", ")
}

// ready starts the process and makes the session where there is none.
func (g *guest) ready(ctx context.Context) error {
	if g.closed {
		return ErrClosed
	}
	if g.p != nil {
		return nil
	}
	p, err := startProcess(g.library)
	if err != nil {
		return fmt.Errorf("the model holds %s, which run in a process of their own, and none can be started: %w", g.names(), err)
	}
	g.p = p
	if g.create == nil {
		return nil
	}
	if _, err := g.ask(ctx, *g.create, g.limit); err != nil {
		g.drop()
		return err
	}
	return nil
}

// drop ends the process.
func (g *guest) drop() {
	if g.p != nil {
		g.p.end()
		g.p = nil
	}
}

// run is Session.Run's, one at a time.
func (g *guest) run(ctx context.Context, device string, feeds []tensor.Tensor) ([]tensor.Tensor, error) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := g.ready(ctx); err != nil {
		return nil, err
	}
	a, err := g.ask(ctx, letter{Kind: "run", tensors: feeds}, 0)
	if ended := ctx.Err(); ended != nil {
		return nil, ended
	}
	if err != nil {
		return nil, blameGone(device, err)
	}
	return a.tensors, nil
}

// Destroy ends the guest. A session that writes a profile is closed first.
func (g *guest) Destroy() error {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.closed = true
	if g.p != nil && g.create != nil && g.create.Options.Profile != "" {
		_, _ = g.ask(context.Background(), letter{Kind: "close"}, stopLimit)
	}
	g.drop()
	return nil
}

// RunWithOptions makes a guest a loaded session; run is what runs it.
func (g *guest) RunWithOptions(_, _ []ort.Value, _ *ort.RunOptions) error {
	return errors.New("a guest runs tensors, not values")
}

// describeApart is Describe in a guest.
func (l *Library) describeApart(model []byte, unproven []string) (inputs, outputs []IO, err error) {
	g := &guest{library: l.path, unproven: unproven}
	defer g.drop()
	if err := g.ready(context.Background()); err != nil {
		return nil, nil, err
	}
	a, err := g.ask(context.Background(), letter{Kind: "describe", model: model}, describeLimit)
	return a.Ins, a.Outs, err
}

// sessionApart is NewSession in a guest.
func (l *Library) sessionApart(model []byte, in []declaration, inputs, outputs []string, o Options, unproven []string) (*Session, error) {
	device := deviceID(o.Device)
	g := &guest{library: l.path, unproven: unproven, limit: BuildLimit(device)}
	g.create = &letter{Kind: "create", Options: travelling(o), Inputs: inputs, Outputs: outputs, model: model}
	build := func() (loaded, error) {
		g.mutex.Lock()
		defer g.mutex.Unlock()
		if err := g.ready(context.Background()); err != nil {
			return nil, blameGone(device, err)
		}
		return g, nil
	}
	var session loaded
	var err error
	if device == CPU {
		session, err = build()
	} else {
		session, err = l.createOn(device, build)
	}
	if err != nil {
		return nil, err
	}
	s := newSession(in, nil, 0, device, session, &l.hangs)
	s.turn = l.turns.on(device)
	return s, nil
}

// blameGone is blame for a guest that is gone; its own errors tell of the device already.
func blameGone(device string, err error) error {
	if errors.Is(err, ErrGuest) {
		return blame(device, err)
	}
	return err
}
