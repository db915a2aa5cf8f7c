package engine

import (
	"context"
	"slices"

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

func (o oracle) RunShapes(model []byte, batch int, outputs []string) (map[string][]int, error) {
	ins, _, err := o.lib.Describe(model)
	if err != nil {
		return nil, err
	}
	var names []string
	var feeds []tensor.Tensor
	for _, v := range ins {
		shape := slices.Clone(v.Shape)
		for i := range shape {
			if shape[i] < 0 {
				shape[i] = batch
			}
		}
		names, feeds = append(names, v.Name), append(feeds, tensor.New(shape...))
	}
	s, err := o.lib.NewSession(model, names, outputs, runtime.Options{Device: runtime.CPU, DisableOptimization: true})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	got, err := s.Run(context.Background(), feeds)
	if err != nil {
		return nil, err
	}
	out := map[string][]int{}
	for i, name := range outputs {
		for _, v := range got[i].Data {
			out[name] = append(out[name], int(v))
		}
	}
	return out, nil
}
