package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"seewhy/models/onnx"
)

// resnet50 writes a ResNet-50 of random weights, its batch norms folded, for
// 224 pixels and 1,000 classes, into a folder of the test: what an exporter
// makes of torchvision's.
func resnet50(t testing.TB) string { return resnet50At(t, 224) }

// resnet50At is resnet50 for pictures of side pixels.
func resnet50At(t testing.TB, side int) string {
	t.Helper()
	n := &netWriter{g: &onnx.Graph{Name: "resnet50", Init: map[string]*onnx.Tensor{}}, random: rand.New(rand.NewPCG(50, 50))}
	x := n.op("Relu", "stem", nil, n.conv("stem.conv", "image", 3, 64, 7, 2))
	x = n.op("MaxPool", "pool", map[string]onnx.Attr{"kernel_shape": onnx.Ints(3, 3), "strides": onnx.Ints(2, 2), "pads": onnx.Ints(1, 1, 1, 1)}, x)
	in := 64
	for stage, blocks := range []int{3, 4, 6, 3} {
		inner := 64 << stage
		for b := range blocks {
			name, stride, short := fmt.Sprintf("layer%d.%d", stage+1, b), 1, x
			if b == 0 && stage > 0 {
				stride = 2
			}
			if b == 0 {
				short = n.conv(name+".short", x, in, 4*inner, 1, stride)
			}
			y := n.op("Relu", name+".relu1", nil, n.conv(name+".conv1", x, in, inner, 1, 1))
			y = n.op("Relu", name+".relu2", nil, n.conv(name+".conv2", y, inner, inner, 3, stride))
			y = n.conv(name+".conv3", y, inner, 4*inner, 1, 1)
			x = n.op("Relu", name, nil, n.op("Add", name+".add", nil, y, short))
			in = 4 * inner
		}
	}
	x = n.op("Flatten", "flat", nil, n.op("GlobalAveragePool", "mean", nil, x))
	n.weights("fc.weight", 0.02, int64(in), 1000)
	n.weights("fc.bias", 0.02, 1000)
	n.op("Gemm", "logits", nil, x, "fc.weight", "fc.bias")
	return n.write(t, side)
}

// write saves the graph, whose input is "image" and whose output "logits".
func (n *netWriter) write(t testing.TB, side int) string {
	t.Helper()
	n.g.Inputs = []onnx.Value{{Name: "image", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, 3, side, side)}}
	n.g.Outputs = []onnx.Value{{Name: "logits", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, 1000)}}
	data, err := onnx.Marshal(&onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: n.g})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), n.g.Name+".onnx")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// netWriter writes a graph node by node.
type netWriter struct {
	g      *onnx.Graph
	random *rand.Rand
}

func (n *netWriter) op(op, name string, attrs map[string]onnx.Attr, in ...string) string {
	if attrs == nil {
		attrs = map[string]onnx.Attr{}
	}
	n.g.Nodes = append(n.g.Nodes, &onnx.Node{Name: name, Op: op, In: in, Out: []string{name}, Attrs: attrs})
	return name
}

func (n *netWriter) weights(name string, std float64, dims ...int64) {
	count := int64(1)
	for _, d := range dims {
		count *= d
	}
	v := make([]float32, count)
	for i := range v {
		v[i] = float32(n.random.NormFloat64() * std)
	}
	n.g.Init[name] = onnx.NewFloats(name, dims, v)
}

// conv keeps the variance of a signal behind a ReLU.
func (n *netWriter) conv(name, x string, in, out, kernel, stride int) string {
	k, s, p := int64(kernel), int64(stride), int64(kernel/2)
	n.weights(name+".weight", math.Sqrt(1/float64(in*kernel*kernel)), int64(out), int64(in), k, k)
	n.weights(name+".bias", 0.05, int64(out))
	return n.op("Conv", name, map[string]onnx.Attr{
		"kernel_shape": onnx.Ints(k, k), "strides": onnx.Ints(s, s), "pads": onnx.Ints(p, p, p, p),
	}, x, name+".weight", name+".bias")
}
