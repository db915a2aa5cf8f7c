package engine

import (
	"context"
	"fmt"
	"slices"

	"seewhy/analysis/task"
	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
)

// Placements tells where the nodes of an open model run on a device: those of
// the forward pass, and those of forward and backward pass together, to the
// input or, where no gradient reaches that, to the natural layer. Each runs
// once, on noise. A graph that the device refuses has the reason in its Err.
func (e *Engine) Placements(ctx context.Context, modelSHA256, device string) ([]task.Placement, error) {
	m := e.opened(modelSHA256)
	if m == nil {
		return nil, errNotOpen
	}
	if m.noScores != nil {
		return nil, m.noScores
	}
	device = e.device(ctx, device)
	s := &session{e: e, m: m, device: device}
	score, input := m.scores.Logits, m.prepared.Input
	one := m.prepared.One()
	list := []task.Placement{
		s.placement(ctx, task.Placement{Graph: "forward", Of: score}, grad.Forward(one, score), []string{input}, []string{score}),
	}
	if want, ok := m.farthest(); ok {
		p := task.Placement{Graph: "gradient", Of: fmt.Sprintf("%s, %s", score, want)}
		built, err := grad.Build(one.Model, one.Facts, grad.Query{Score: score, Wants: []string{want}, Phases: device == runtime.CPU})
		if err != nil {
			return nil, err
		}
		list = append(list, s.placement(ctx, p, built.Model, []string{input, grad.SeedName}, []string{score, grad.GradientName(want)}))
	}
	return list, ctx.Err()
}

// farthest is the value nearest to the input that a gradient reaches: that, or
// the natural layer.
func (m *model) farthest() (string, bool) {
	if m.noGradient(m.prepared.Input) == "" {
		return m.prepared.Input, true
	}
	if n := m.info.Natural; n >= 0 && m.info.Layers[n].NoGradient == "" {
		return m.info.Layers[n].Value, true
	}
	return "", false
}

// placement fills in p for a graph.
func (s *session) placement(ctx context.Context, p task.Placement, model *onnx.Model, inputs, outputs []string) task.Placement {
	fail := func(err error) task.Placement {
		p.Err = err.Error()
		return p
	}
	data, folder, err := onnx.MarshalOutside(model)
	if err != nil {
		return fail(err)
	}
	feeds, err := noiseFor(model.Graph, inputs)
	if err != nil {
		return fail(err)
	}
	placed, err := s.e.lib.Placement(ctx, data, inputs, outputs, runtime.Options{Device: s.device, Threads: s.e.options.Threads, Folder: folder}, feeds)
	if err != nil {
		return fail(err)
	}
	summarise(&p, s.device, placed)
	return p
}

// summarise counts nodes and cuts.
func summarise(p *task.Placement, device string, placed []runtime.Placed) {
	p.Counts = []task.PlacedCount{{Device: device}}
	for i, n := range placed {
		k := slices.IndexFunc(p.Counts, func(c task.PlacedCount) bool { return c.Device == n.Device })
		if k < 0 {
			k = len(p.Counts)
			p.Counts = append(p.Counts, task.PlacedCount{Device: n.Device})
		}
		p.Counts[k].Nodes++
		if n.Device != device {
			p.Elsewhere = append(p.Elsewhere, task.PlacedNode(n))
		}
		if i > 0 && placed[i-1].Device != n.Device {
			p.Cuts++
		}
	}
}
