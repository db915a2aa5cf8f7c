package runtime

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	ort "github.com/yalue/onnxruntime_go"
)

// probeEnv carries a probeRequest to the child.
const probeEnv = "SEEWHY_PROBE_DEVICES"

// probeLimit bounds one child. Starting CUDA for the first time on a machine
// compiles kernels and takes several seconds.
const probeLimit = 30 * time.Second

type probeRequest struct {
	Library string   `json:"library"`
	Devices []string `json:"devices"`
}

// probeAnswer is one line of the child's output. A line with Started comes
// before the attempt, so that a crash can be put down to its device.
type probeAnswer struct {
	ID      string        `json:"id"`
	Started bool          `json:"started,omitempty"`
	Why     string        `json:"why,omitempty"`
	Took    time.Duration `json:"took,omitempty"`
}

// probeChild probes, and prints what it found.
func probeChild(request string) error {
	var r probeRequest
	if err := json.Unmarshal([]byte(request), &r); err != nil {
		return fmt.Errorf("device probe: %s: %w", probeEnv, err)
	}
	lib, err := Open(r.Library)
	if err != nil {
		return err
	}
	answers := json.NewEncoder(os.Stdout)
	for _, id := range r.Devices {
		if err := answers.Encode(probeAnswer{ID: id, Started: true}); err != nil {
			return err
		}
		a := probeAnswer{ID: id}
		if took, err := lib.try(id); err != nil {
			// The list shows the title beside the reason.
			a.Why = strings.TrimPrefix(err.Error(), ErrDevice.Error()+": "+title(id)+": ")
		} else {
			a.Took = took
		}
		if err := answers.Encode(a); err != nil {
			return err
		}
	}
	return nil
}

// try runs the probe's net on a device and checks the answer. It returns the
// time of a warm pass.
func (l *Library) try(id string) (time.Duration, error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return 0, err
	}
	defer options.Destroy()
	if id != CPU {
		// A device that leaves all to the CPU does not work.
		if err := options.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1"); err != nil {
			return 0, err
		}
	}
	if err := options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"); err != nil {
		return 0, err
	}
	if err := appendProvider(options, id, false); err != nil {
		return 0, err
	}
	p := providerOf(id)
	s, err := p.load(probeNet(), []string{"x"}, []string{"y"}, options)
	if err != nil {
		return 0, errors.New(p.reason(err))
	}
	defer p.free(s)
	var took time.Duration
	// The first pass compiles kernels and fills caches; the faster of the
	// next two is the measure. Where the first takes seconds, a renderer in
	// software or a busy machine, it has told enough.
	for pass := range 3 {
		t, err := probePass(s)
		if err != nil {
			return 0, err
		}
		if pass <= 1 || t < took {
			took = t
		}
		if took > slowPass {
			break
		}
	}
	return took, nil
}

// slowPass is the time of a pass from which on no other is made.
const slowPass = 3 * time.Second

func probePass(s *ort.DynamicAdvancedSession) (time.Duration, error) {
	x := make([]float32, probeElements)
	for i := range x {
		x[i] = 1
	}
	in, err := ort.NewTensor(ort.NewShape(1, probeChannels, probeSide, probeSide), x)
	if err != nil {
		return 0, err
	}
	out := []ort.Value{nil}
	defer func() { destroy(append(out, in)) }()
	begin := time.Now()
	if err := s.Run([]ort.Value{in}, out); err != nil {
		return 0, errors.New(firstLine(err.Error()))
	}
	took := time.Since(begin)
	y, ok := floats(out[0])
	// Away from the border each convolution of ones by 1/(9 C) gives ones again.
	middle := probeSide/2*probeSide + probeSide/2
	if !ok || len(y) != probeElements || y[middle] < 0.99 || y[middle] > 1.01 {
		return 0, errors.New("it computes wrong values")
	}
	return took, nil
}

// probeAll tries the CPU here and everything else in children.
func (l *Library) probeAll(ctx context.Context) []Device {
	var list []Device
	index := map[string]int{}
	var ids []string
	for i, p := range here() {
		list = append(list, Device{ID: p.id, Title: p.title, Why: "not tried"})
		index[p.id] = i
		ids = append(ids, p.id)
	}
	for len(ids) > 0 && ctx.Err() == nil {
		answers := l.probeInChild(ctx, ids)
		for _, a := range answers {
			d := &list[index[a.ID]]
			d.Works, d.Why, d.Took = a.Why == "", a.Why, a.Took
		}
		// A child that died stops at the device that killed it; the next child goes on.
		ids = ids[len(answers):]
	}
	cpu := Device{ID: CPU, Title: "CPU"}
	if took, err := l.try(CPU); err != nil {
		cpu.Why = err.Error()
	} else {
		cpu.Works, cpu.Took = true, took
	}
	return append(list, cpu)
}

// probeInChild returns an answer for at least the first of ids, in order.
func (l *Library) probeInChild(ctx context.Context, ids []string) []probeAnswer {
	all := func(why string) []probeAnswer {
		answers := make([]probeAnswer, len(ids))
		for i, id := range ids {
			answers[i] = probeAnswer{ID: id, Why: why}
		}
		return answers
	}
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	cmd, err := child(ctx, probeEnv, probeRequest{Library: l.path, Devices: ids})
	if err != nil {
		return all("not tried: " + err.Error())
	}
	var text strings.Builder
	cmd.Stdout = &text
	runErr := cmd.Run()
	answers, started := parseAnswers(text.String(), ids)
	switch {
	case len(answers) == len(ids):
		return answers
	case started && ctx.Err() != nil:
		return append(answers, probeAnswer{ID: ids[len(answers)], Why: "the driver did not answer in time"})
	case started:
		return append(answers, probeAnswer{ID: ids[len(answers)], Why: fmt.Sprintf("the driver crashed the probe (%v)", runErr)})
	case len(answers) > 0:
		return answers
	}
	return all(fmt.Sprintf("not tried: the probe could not run (%v)", runErr))
}

// parseAnswers reads complete answers for ids in order; started says that
// the next one was begun. Drivers print to the same stream: lines that are
// not ours are passed over.
func parseAnswers(text string, ids []string) (answers []probeAnswer, started bool) {
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() && len(answers) < len(ids) {
		var a probeAnswer
		if json.Unmarshal(lines.Bytes(), &a) != nil || a.ID != ids[len(answers)] {
			continue
		}
		if started = a.Started; !started {
			answers = append(answers, a)
		}
	}
	return answers, started
}
