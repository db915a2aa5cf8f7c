package fake

import (
	"context"
	"image/png"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// Predict gives the class whose number fits the picture the most; each edit
// takes two from its logit.
func (e *Engine) Predict(ctx context.Context, t task.Task) (task.Prediction, error) {
	if err := ctx.Err(); err != nil {
		return task.Prediction{}, err
	}
	best := seedOf(t) % len(labels)
	var p task.Prediction
	var sum float64
	for i, l := range labels {
		z := 6 - 1.3*math.Abs(float64(i-best)) - .3*math.Sin(float64(i))
		if i == best {
			z -= 2 * float64(len(t.Edits))
		}
		p.Scores = append(p.Scores, task.Score{Class: i, Label: l, Logit: z, Probability: math.Exp(z)})
		p.Order = append(p.Order, i)
		sum += math.Exp(z)
	}
	for i := range p.Scores {
		p.Scores[i].Probability /= sum
	}
	slices.SortFunc(p.Order, func(a, b int) int {
		if p.Scores[a].Logit > p.Scores[b].Logit {
			return -1
		}
		return 1
	})
	if strings.Contains(t.Model.Path, "boxes") {
		p.Boxes = boxes(t, p.Order)
		for _, b := range p.Boxes {
			if b.Asked {
				p.At = []task.Shape{b.Shape}
			}
		}
	}
	p.Region = region(t)
	p.Seen = draw(seedOf(t), 96, 96)
	return p, nil
}

// Toggle takes two from the best class's logit for each segment that is off.
func (e *Engine) Toggle(ctx context.Context, t task.Task, s task.Segments, off []int) (task.Prediction, error) {
	p, err := e.Predict(ctx, t)
	if err != nil || len(off) > s.Count {
		return p, err
	}
	best := &p.Scores[p.Order[0]]
	best.Logit -= 2 * float64(len(off))
	best.Probability *= math.Pow(.5, float64(len(off)))
	return p, nil
}

// quarters are four segments with what they give to the score.
func quarters(n int) (*task.Segments, *task.Surrogate) {
	s := &task.Segments{Width: n, Height: n, Of: make([]int32, n*n), Count: 4}
	for i := range s.Of {
		s.Of[i] = int32(2*(i/n*2/n) + i%n*2/n)
	}
	return s, &task.Surrogate{Values: []float64{.5, 3, -1.5, 1}, Off: 1, Full: 4, R2: .9, HasR2: true, Additive: true}
}

// thirds are three concepts: the left, the middle and the right of the picture.
func thirds(n int) []task.Concept {
	out := make([]task.Concept, 3)
	for k := range out {
		m := task.Map{Width: n, Height: n, Values: make([]float32, n*n)}
		for i := range m.Values {
			if i%n*3/n == k {
				m.Values[i] = float32(1 + i/n)
			}
		}
		out[k] = task.Concept{Map: m, Share: []float64{.5, .3, .2}[k], Score: []float64{1.5, 6.25, -2}[k]}
	}
	return out
}

// Sweep gives the maps of all candidate layers; the first has no gradient and
// the second is the same for all classes.
func (e *Engine) Sweep(ctx context.Context, t task.Task, p task.Progress) ([]task.LayerMap, error) {
	e.mu.Lock()
	layers := e.info[t.Model.SHA256].Layers
	e.mu.Unlock()
	var out []task.LayerMap
	for _, l := range layers {
		if !l.Candidate || l.Kind == "vector" {
			continue
		}
		t.Layer = l.Value
		r, err := e.Explain(ctx, t, p)
		if err != nil {
			return nil, err
		}
		m := task.LayerMap{Layer: l, Map: r.Map, Vanished: len(out) == 0, Same: len(out) == 1}
		if m.Vanished {
			m.Map.Values = make([]float32, len(m.Map.Values))
		}
		out = append(out, m)
	}
	return out, nil
}

// ExplainLive is Explain that shows the map, with an error that shrinks, at
// each of its steps, and can be told to keep it.
func (e *Engine) ExplainLive(ctx context.Context, t task.Task, live task.Live) (task.Result, error) {
	if t.Method != "saliency" || live.Partial == nil || e.slow.Load() == 0 {
		return e.Explain(ctx, t, live.Progress)
	}
	slow := e.slow.Load()
	r, err := e.explain(ctx, t, nil)
	if err != nil {
		return r, err
	}
	for i := range 10 {
		live.Progress.Report(float64(i)/10, "step")
		spread := r.Map
		spread.Values = make([]float32, len(r.Map.Values))
		for k := range spread.Values {
			spread.Values[k] = float32(.5 / float64(i+1))
		}
		r.Error = &spread
		live.Partial(r)
		select {
		case <-ctx.Done():
			return task.Result{}, ctx.Err()
		case <-live.Keep:
			return r, nil
		case <-time.After(time.Duration(slow) / 10):
		}
	}
	return r, nil
}

// Explain gives a bell at the object, wider for earlier layers; Saliency is fine and signed.
func (e *Engine) Explain(ctx context.Context, t task.Task, p task.Progress) (task.Result, error) {
	return e.explain(ctx, t, func() error { return e.wait(ctx, p) })
}

// explain makes the map at once where there is nothing to wait for.
func (e *Engine) explain(ctx context.Context, t task.Task, wait func() error) (task.Result, error) {
	e.mu.Lock()
	e.explains++
	e.mu.Unlock()
	begin := time.Now()
	if wait != nil {
		if err := wait(); err != nil {
			return task.Result{}, err
		}
	}
	pred, err := e.Predict(ctx, t)
	if err != nil {
		return task.Result{}, err
	}
	if t.Target.Class == task.AutoClass {
		t.Target.Class = pred.Order[0]
	}
	if target.Of(t.Target.Kind).Second && t.Target.Rather == task.AutoClass {
		t.Target.Rather = pred.Order[1]
	}
	n := 6
	signed := t.Method == "saliency"
	switch {
	case signed:
		n = 96
		t.Layer = ""
	case t.Layer == task.Auto:
		t.Layer = "/stage4/block2/relu"
	case strings.Contains(t.Layer, "stage1"):
		n = 48
	}
	m := task.Map{Width: n, Height: n, Values: make([]float32, n*n), Signed: signed, ClampNegative: !signed}
	cx, cy := spot(seedOf(t) + 3*t.Target.Class)
	for i := range m.Values {
		x, y := (float64(i%n)+.5)/float64(n), (float64(i/n)+.5)/float64(n)
		v := 2.4 * math.Exp(-((x-cx)*(x-cx)+(y-cy)*(y-cy))/.03)
		if signed {
			v *= math.Cos(float64(i%n) * 1.1)
		}
		m.Values[i] = float32(v)
	}
	var concepts []task.Concept
	if t.Method == "dff" {
		concepts = thirds(n)
		r := task.Result{Task: t, Concepts: concepts}
		m = concepts[r.ShownConcept()].Map
	}
	if t.Device == task.Auto {
		t.Device = "cpu"
	}
	var segments *task.Segments
	var surrogate *task.Surrogate
	if t.Method == "lime" {
		segments, surrogate = quarters(96)
	}
	return task.Result{
		Task: t, Map: m, Segments: segments, Surrogate: surrogate, Concepts: concepts, Region: region(t), Target: pred.Scores[t.Target.Class], Value: pred.Scores[t.Target.Class].Logit,
		Top: []task.Score{pred.Scores[pred.Order[0]]}, Forward: 2 * time.Millisecond, Total: time.Since(begin), Device: t.Device, Version: e.Version(), Time: begin,
	}, nil
}

// Export writes the first map's overlay as PNG.
func (e *Engine) Export(_ context.Context, path string, results []task.Result, styles []heatmap.Style) error {
	r, style := results[0], styles[0]
	f, err := heatmap.Normalise(r.Map, style.Clip)
	if err != nil {
		return err
	}
	img, err := f.Overlay(heatmap.Place{Region: r.Region, Picture: prep.Size{Width: r.Task.Image.Width, Height: r.Task.Image.Height}}, 320, 320, style)
	if err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := png.Encode(file, img); err != nil {
		return err
	}
	return file.Close()
}

// boxes are seven of a detector's, the one that is asked about marked.
func boxes(t task.Task, order []int) []task.FoundBox {
	out := make([]task.FoundBox, 7)
	asked := 0
	for i := range out {
		x := .1 + .1*float64(i)
		shape := task.Shape{Kind: task.Box, Points: []task.Point{{X: x, Y: .2}, {X: x + .15, Y: .7}}}
		class := order[i%len(order)]
		out[i] = task.FoundBox{Class: class, Label: labels[class], Score: .9 - .09*float64(i), Shape: shape}
		if len(t.At) > 0 && t.At[0].Points[0].X == x {
			asked = i
		}
	}
	out[asked].Asked = true
	return out
}
