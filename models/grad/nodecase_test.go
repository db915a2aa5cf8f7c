package grad_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"seewhy/models/onnx"
)

// nodeCase is one case of ONNX's backend suite: a model of a node or a few,
// with inputs and the outputs that are expected of it.
type nodeCase struct {
	name    string
	model   *onnx.Model
	inputs  map[string]*onnx.Tensor
	outputs map[string]*onnx.Tensor
}

// readNodeCase reads the first data set of a case. What the reader refuses comes back as its error.
func readNodeCase(folder string) (*nodeCase, error) {
	c := &nodeCase{name: strings.TrimPrefix(filepath.Base(folder), "test_"), inputs: map[string]*onnx.Tensor{}, outputs: map[string]*onnx.Tensor{}}
	var err error
	if c.model, err = onnx.ReadFile(filepath.Join(folder, "model.onnx")); err != nil {
		return c, err
	}
	data := filepath.Join(folder, "test_data_set_0")
	for kind, list := range map[string][]onnx.Value{"input": c.model.Graph.Inputs, "output": c.model.Graph.Outputs} {
		for i, v := range list {
			t, err := readTensorFile(filepath.Join(data, fmt.Sprintf("%s_%d.pb", kind, i)), v.Name)
			if err != nil {
				return c, fmt.Errorf("%s %d: %w", kind, i, err)
			}
			if kind == "input" {
				c.inputs[v.Name] = t
			} else {
				c.outputs[v.Name] = t
			}
		}
	}
	return c, nil
}

// readTensorFile reads a TensorProto: as the one weight of a model that the
// reader is given, so that the checks are the reader's.
func readTensorFile(path, name string) (*onnx.Tensor, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	field := func(to []byte, number protowire.Number, v []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(to, number, protowire.BytesType), v)
	}
	// Of a message's fields that occur twice the last counts: the name is ours.
	data = field(data, 8, []byte("t"))
	named := field(nil, 1, []byte("x"))
	node := field(field(field(nil, 1, []byte("x")), 2, []byte("y")), 4, []byte("Identity"))
	graph := field(field(field(field(nil, 1, node), 5, data), 11, named), 12, field(nil, 1, []byte("y")))
	model := field(protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 8), 7, graph)
	m, err := onnx.Read(model)
	if err != nil {
		return nil, err
	}
	t := m.Graph.Init["t"]
	t.Name = name
	return t, nil
}
