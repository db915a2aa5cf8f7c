package onnx_test

import (
	"math"
	"os"
	"path/filepath"
	goruntime "runtime"
	"testing"

	"seewhy/models/onnx"
)

// FuzzRead: no input makes reading panic, hang or allocate out of proportion,
// and what is read can be written, read again and passed on.
//
//	go test ./models/onnx -run '^$' -fuzz FuzzRead -fuzztime 5m -parallel 1
func FuzzRead(f *testing.F) {
	for _, c := range upgradeCases {
		f.Add([]byte(marshal(f, oneNode(c.from, c.node(), c.shape, c.consts...))))
	}
	f.Add([]byte(marshal(f, withFunction(17, 17))))
	f.Add([]byte(marshal(f, quantised())))
	for _, c := range quantisedCases() {
		f.Add([]byte(marshal(f, int8Model(c.shape, c.nodes, c.consts...))))
	}
	f.Add([]byte(marshal(f, fourBits(onnx.Int4))))
	for _, c := range lowerCases() {
		f.Add([]byte(marshal(f, oneNode(max(c.opset, 17), c.node, c.shape, c.consts...))))
	}
	f.Add([]byte(marshal(f, listed(op("SplitToSequence", attrs{"axis": onnx.Int(0)}, "x")))))
	f.Add([]byte(marshal(f, localModel(outputs(op("f", nil, "x"), "y", "w"), oddFunction()))))
	f.Add([]byte(marshal(f, chain(inner("y", "Add", nil, "x", "y")))))
	half := oneNode(13, op("Cast", attrs{"to": onnx.Int(int64(onnx.Float16))}, "x"), four, raw("w", onnx.Float16, 4, 2), raw("d", onnx.Float64, 8, 1), raw("b", onnx.BFloat16, 2))
	half.Metadata = map[string]string{"labels": "cat,dog"}
	half.Graph.Values["v"] = onnx.Value{Name: "v", Type: onnx.Float16, Ranked: true, Shape: []onnx.Dim{{N: -1, Param: "N"}, {N: 3}}}
	f.Add([]byte(marshal(f, half)))
	f.Add(wireModel(f, withExternal))
	for _, name := range []string{"mnist-12-cntk.onnx", "graph_only/light_squeezenet.onnx", "graph_only/light_shufflenet.onnx", "quantized/mnist_float16.onnx"} {
		if data, err := os.ReadFile(filepath.Join("../../../shared/models", name)); err == nil {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<20 {
			t.Skip("long inputs only slow the search")
		}
		var before, after goruntime.MemStats
		goruntime.ReadMemStats(&before)
		exercise(t, data)
		goruntime.ReadMemStats(&after)
		// A part of two bytes takes some 200 in memory, and exercise makes
		// about ten copies; what a file may not do is name a size and get it.
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20+20_000*uint64(len(data)) {
			t.Errorf("%d bytes of input allocated %d", len(data), used)
		}
	})
}

// FuzzTensor: the decoders of element types never read outside the data.
func FuzzTensor(f *testing.F) {
	f.Add(int32(onnx.Float16), int64(2), int64(3), []byte("twelve bytes"))
	f.Add(int32(onnx.Int64), int64(1), int64(1), []byte("8 bytes."))
	f.Add(int32(onnx.Bool), int64(1), int64(math.MaxInt64), []byte{1})
	f.Fuzz(func(t *testing.T, typ int32, rows, columns int64, data []byte) {
		m := oneNode(13, op("Add", nil, "x", "w"), four, &onnx.Tensor{Name: "w", Type: onnx.Type(typ), Dims: []int64{rows, columns}, Raw: data})
		got, err := onnx.Read([]byte(marshal(t, m)))
		if err != nil {
			return
		}
		w := got.Graph.Init["w"]
		if v, err := w.Floats(); err == nil && int64(len(v)) != rows*columns {
			t.Errorf("%d floats for %d x %d", len(v), rows, columns)
		}
		if v, err := w.Ints(); err == nil && int64(len(v)) != rows*columns {
			t.Errorf("%d integers for %d x %d", len(v), rows, columns)
		}
	})
}
