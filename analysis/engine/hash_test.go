package engine

import (
	"context"
	"testing"

	"seewhy/models/onnx"
)

// Two models of the same file with other weights beside it have other names:
// a report of one must not be taken for one of the other.
func TestHashCoversExternalWeights(t *testing.T) {
	with := func(names []string, first float32) *onnx.Model {
		m := &onnx.Model{Graph: &onnx.Graph{Init: map[string]*onnx.Tensor{}}}
		for _, n := range names {
			m.Graph.Init[n] = onnx.NewFloats(n, []int64{2}, []float32{first, 2})
		}
		return m
	}
	hashWeights := func(file string, m *onnx.Model) string {
		h, err := hashWeights(context.Background(), file, m)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	base := hashWeights("file", with([]string{"a", "b"}, 1))
	if hashWeights("file", with([]string{"b", "a"}, 1)) != base {
		t.Error("the order of weights changes the hash")
	}
	buried := func(v float32) string {
		m := with([]string{"a", "b"}, 1)
		m.Buried = []*onnx.Tensor{onnx.NewFloats("", []int64{1}, []float32{v})}
		return hashWeights("file", m)
	}
	for name, other := range map[string]string{
		"file": hashWeights("other", with([]string{"a", "b"}, 1)), "value": hashWeights("file", with([]string{"a", "b"}, 3)),
		"name": hashWeights("file", with([]string{"a", "c"}, 1)), "tensor of an attribute": buried(1),
	} {
		if other == base {
			t.Errorf("another %s gives the same hash", name)
		}
	}
	if buried(1) == buried(2) {
		t.Error("another value in an attribute gives the same hash")
	}
}
