package engine

import (
	"context"
	"time"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// oracle answers what grad asks about a model, through the runtime library.
type oracle struct{ lib *runtime.Library }

func (o oracle) Infer(model []byte) (map[string]grad.Inferred, error) {
	_, outs, err := o.lib.Describe(model)
	if err != nil {
		return nil, err
	}
	m := make(map[string]grad.Inferred, len(outs))
	for _, v := range outs {
		m[v.Name] = grad.Inferred{Type: onnx.TypeNamed(v.Type), Shape: v.Shape}
	}
	return m, nil
}

// measureTime bounds the one run that measures shapes.
const measureTime = 2 * time.Minute

func (o oracle) RunShapes(model []byte) ([]int, error) {
	ins, _, err := o.lib.Describe(model)
	if err != nil {
		return nil, err
	}
	var names []string
	var feeds []tensor.Tensor
	for _, v := range ins {
		names, feeds = append(names, v.Name), append(feeds, tensor.New(v.Shape...))
	}
	s, err := o.lib.NewSession(model, names, []string{grad.AnswerName}, runtime.Options{Device: runtime.CPU, DisableOptimization: true})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	// A model from a stranger may loop for ever; a pass on zeros does not take minutes.
	ctx, cancel := context.WithTimeout(context.Background(), measureTime)
	defer cancel()
	got, err := s.Run(ctx, feeds)
	if err != nil {
		return nil, err
	}
	out := make([]int, got[0].Len())
	for i, v := range got[0].Data {
		out[i] = grad.ToInt(v)
	}
	return out, nil
}
