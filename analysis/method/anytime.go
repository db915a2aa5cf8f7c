package method

import (
	"context"
	"fmt"
	"time"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

const (
	// firstLook is when an estimate is shown first, nextLook how long until the
	// next at least.
	firstLook = 200 * time.Millisecond
	nextLook  = 300 * time.Millisecond
	// lookShare bounds the share of the time that goes into making estimates.
	lookShare = 10
)

// looks paces estimates, and hears whether to stop and keep what is there.
type looks struct {
	request Request
	began   time.Time
	next    time.Duration
}

func newLooks(r Request) *looks { return &looks{request: r, began: time.Now(), next: firstLook} }

// kept says that the request wants what is there.
func (l *looks) kept() bool {
	select {
	case <-l.request.Keep:
		return true
	default:
		return false
	}
}

// show hands out an estimate when it is time for one.
func (l *looks) show(estimate func() (Attribution, error)) error {
	if l.request.Partial == nil || time.Since(l.began) < l.next {
		return nil
	}
	start := time.Now()
	a, err := estimate()
	if err != nil {
		return err
	}
	l.request.Partial(a)
	l.next = time.Since(l.began) + max(nextLook, lookShare*time.Since(start))
	return nil
}

// sampling is a method's draw of samples, whose estimate sharpens as they come.
type sampling struct {
	// n is how many samples are wanted, least how many an estimate needs.
	n, least int
	// fill makes sample i; take gets its score, in order of i. See Streamer.
	fill func(i int, dst []float32) error
	take func(i int, value float64)
	// mix, where not nil, makes the same samples inside the model's graph.
	mix *Mix
	// estimate is the attribution after done samples. It is called between two
	// calls of take, and its slices are the caller's.
	estimate func(done int) (Attribution, error)
	// layer, where not empty, streams its activations through the model's tail;
	// masks says that fill makes masks of its places.
	layer string
	masks bool
}

// run draws the samples, shows estimates on the way, and returns the last and
// the number of samples. It ends early, without an error, when the request
// says to keep what is there.
func (s sampling) run(ctx context.Context, session Session, r Request, p task.Progress) (Attribution, int, error) {
	p.Report(0, "Forward passes")
	inner, stop := context.WithCancel(ctx)
	defer stop()
	look, done, kept := newLooks(r), 0, false
	var failed error
	each := func(i int, value float64) {
		if failed != nil || kept {
			return
		}
		s.take(i, value)
		done = i + 1
		p.Report(float64(done)/float64(s.n), "Forward passes")
		if done < s.least || done == s.n {
			return
		}
		if kept = look.kept(); !kept {
			failed = look.show(func() (Attribution, error) { return s.estimate(done) })
		}
		if kept || failed != nil {
			stop()
		}
	}
	var err error
	switch {
	case s.layer == "":
		err = stream(inner, session, s.n, s.mix, s.fill, r.Score, each)
	case s.masks:
		err = session.Masked(inner, r.Input, s.layer, s.n, s.fill, r.Score, each)
	default:
		err = session.Tail(inner, r.Input, s.layer, s.n, s.fill, r.Score, each)
	}
	switch {
	case ctx.Err() != nil:
		return Attribution{}, done, ctx.Err()
	case failed != nil:
		return Attribution{}, done, failed
	case err != nil && !kept:
		return Attribution{}, done, err
	}
	a, err := s.estimate(done)
	if err != nil {
		return a, done, err
	}
	finish(&a, done, s.n)
	p.Report(1, "Done")
	return a, done, nil
}

// stream is Stream, inside the model's graph where mix and session allow it.
func stream(ctx context.Context, s Session, n int, mix *Mix, fill func(i int, dst []float32) error, score Score, each func(i int, value float64)) error {
	if mixer, ok := s.(Mixer); ok && mix != nil {
		return mixer.Mixed(ctx, n, *mix, fill, score, each)
	}
	return s.Stream(ctx, n, fill, score, each)
}

// finish tells how many samples a map was made of.
func finish(a *Attribution, done, n int) {
	a.Facts = append(a.Facts, task.Fact{ID: FactSamples, Value: float64(done)})
	if done < n {
		a.Notes = append(a.Notes, task.Note{Key: "Stopped after %d of %d samples.", Args: []any{done, n}})
	}
}

// FactSamples is the number of samples that a map was made of.
const FactSamples = "samples"

// keptAt makes the task of a run that was stopped repeat it: samples depend on
// the seed and their own number alone.
func keptAt(a *Attribution, r Request, param string, done int) {
	if float64(done) != r.Params[param] {
		a.Params = map[string]float64{param: float64(done)}
	}
}

// presets are the choices that forms offer: the reference's defaults, and what
// gives a first impression soon.
func presets(fast map[string]float64) []task.MethodPreset {
	return []task.MethodPreset{
		{ID: "reference", Title: "Reference defaults"},
		{ID: "fast", Title: "Fast", Params: fast},
	}
}

// onlyLayer is the activation [1, C, H, W] of the one layer of a request.
func onlyLayer(ctx context.Context, s Session, r Request) (tensor.Tensor, error) {
	if len(r.layers()) > 1 {
		return tensor.Tensor{}, fmt.Errorf("this method explains one layer at a time; choose one")
	}
	out, err := s.Activations(ctx, r.Input, []string{r.Layer})
	return out[r.Layer], err
}
