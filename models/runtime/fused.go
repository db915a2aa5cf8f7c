package runtime

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"seewhy/models/fuse"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// ErrKernels says that a model that was written for kernels of our own cannot
// have them here; written without them it may run.
var ErrKernels = errors.New("the session cannot run kernels of our own")

// fusedLimit is the size of a model from which its graph is left as the library
// optimised it: rewriting holds the model three times.
const fusedLimit = 1 << 30

// Kernels tells whether sessions on the CPU may run kernels of our own.
func (l *Library) Kernels() bool { return l.api != nil && l.api.kernels != nil }

// createFused makes a session on the CPU whose graph package fuse has rewritten
// after the library optimised it. Where that cannot be, or finds nothing to
// rewrite, the session is the library's own.
func (l *Library) createFused(model []byte, inputs, fetch []string, o Options) (loaded, error) {
	plain := func(why error) (loaded, error) {
		if o.Kernels {
			return nil, fmt.Errorf("%w: %w", ErrKernels, why)
		}
		return create(model, inputs, fetch, o)
	}
	switch {
	case !l.Kernels():
		return plain(errors.New("the library does not take them"))
	case o.Plain || o.DisableOptimization || o.Folder != "" || o.profile != "":
		// A profile tells of the library's own nodes.
		return plain(errors.New("it was asked for without"))
	case o.optimised:
		o.api = l.api
		return create(model, inputs, fetch, o)
	case len(model) > fusedLimit:
		return plain(errors.New("the model is too large"))
	}
	path, own, err := optimisedAt(o.saveTo)
	if err != nil {
		return plain(err)
	}
	if own {
		defer os.Remove(path)
	}
	// The first is only asked what it would run.
	first := o
	first.saveTo, first.unpacked = path, true
	s, err := create(model, inputs, fetch, first)
	if err != nil {
		// The disk may be full, or the model at fault: without it is tried again.
		return plain(err)
	}
	rewritten, err := rewrite(path, inputs, l.block())
	// Two sessions would hold the weights twice.
	if err := errors.Join(err, s.Destroy()); err != nil {
		return plain(err)
	}
	if rewritten == nil {
		return create(model, inputs, fetch, o)
	}
	second := o
	second.optimised, second.api, second.saveTo = true, l.api, ""
	f, err := create(rewritten, inputs, fetch, second)
	if err != nil {
		return plain(err)
	}
	// What is kept is what runs.
	if !own && os.WriteFile(path, rewritten, 0o600) != nil {
		_ = os.Remove(path)
	}
	return f, nil
}

// optimisedAt is the file that the library shall write: the one that is wanted
// anyway, or one of our own.
func optimisedAt(saveTo string) (path string, own bool, err error) {
	if saveTo != "" {
		return saveTo, false, nil
	}
	f, err := os.CreateTemp("", "seewhy-*.onnx")
	if err != nil {
		return "", false, err
	}
	return f.Name(), true, f.Close()
}

// rewrite is the fused form of an optimised model that is fed inputs, nil where
// nothing in it can be.
func rewrite(path string, inputs []string, block int64) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := onnx.Read(data)
	if err != nil {
		return nil, err
	}
	for _, name := range inputs {
		// The reader drops what no node reads, and a run refuses to be fed it.
		if !slices.ContainsFunc(m.Graph.Inputs, func(v onnx.Value) bool { return v.Name == name }) {
			return nil, fmt.Errorf("nothing reads the input %q", name)
		}
		// What is fed is no constant, though the file may have one for it.
		delete(m.Graph.Init, name)
	}
	m, count, err := fuse.Fuse(m, block)
	if err != nil || count == 0 {
		return nil, err
	}
	return onnx.Marshal(m)
}

// block is how many channels lie together in the library's blocked layout on
// this processor, 1 where it has none: a conversion into the layout tells.
func (l *Library) block() int64 {
	l.blockOnce.Do(func() {
		l.blockSize = 1
		const channels, places = 16, 2
		y := onnx.Value{Name: "y", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, channels, 1, places)}
		x := y
		x.Name = "x"
		model, err := onnx.Marshal(&onnx.Model{IR: 8, Opsets: map[string]int64{"": 17, fuse.LayoutDomain: 1}, Graph: &onnx.Graph{
			Name: "layout", Inputs: []onnx.Value{x}, Outputs: []onnx.Value{y},
			Nodes: []*onnx.Node{{Op: "ReorderInput", Domain: fuse.LayoutDomain, In: []string{"x"}, Out: []string{"y"}}},
		}})
		if err != nil {
			return
		}
		s, err := l.NewSession(model, []string{"x"}, []string{"y"}, Options{Device: CPU, DisableOptimization: true, here: true})
		if err != nil {
			return
		}
		defer s.Close()
		in := tensor.New(1, channels, 1, places)
		for i := range in.Data {
			in.Data[i] = float32(i / places)
		}
		out, err := s.Run(context.Background(), []tensor.Tensor{in})
		if err != nil {
			return
		}
		// The channels at the first place, until those at the second begin.
		for b := 1; b < channels; b++ {
			if out[0].Data[b] == 0 {
				l.blockSize = int64(b)
				return
			}
		}
		l.blockSize = channels
	})
	return l.blockSize
}
