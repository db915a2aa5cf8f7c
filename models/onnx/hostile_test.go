package onnx_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"seewhy/models/onnx"
	"seewhy/models/onnx/internal/pb"
)

// realModel is the smallest real model at hand.
func realModel(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("../../../shared/models/mnist-12-cntk.onnx")
	if err != nil {
		t.Skip("the shared models are not here")
	}
	return data
}

func TestTruncatedModelsAreErrors(t *testing.T) {
	data := realModel(t)
	start := time.Now()
	for n := 0; n < len(data); n += 1 + n/64 {
		if _, err := onnx.Read(data[:n]); err == nil {
			t.Errorf("the first %d of %d bytes were read as a whole model", n, len(data))
		}
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("reading truncated files took %v", took)
	}
	_, err := onnx.Read(data[:len(data)/2])
	if !errors.Is(err, onnx.ErrNotONNX) || !strings.Contains(err.Error(), "truncated") {
		t.Errorf("half a model: %v", err)
	}
}

// TestFlippedBits: whatever is read after damage can be written, read again
// and passed on without a panic.
func TestFlippedBits(t *testing.T) {
	data := realModel(t)
	r := rand.New(rand.NewPCG(3, 4))
	read := 0
	for range 1000 {
		bad := bytes.Clone(data)
		for range 1 + r.IntN(4) {
			bad[r.IntN(len(bad))] ^= 1 << r.IntN(8)
		}
		if exercise(t, bad) {
			read++
		}
	}
	// Most bits are weights: a flip there gives another valid model.
	if read < 250 {
		t.Errorf("only %d of 1000 damaged models were read", read)
	}
}

func TestNoModels(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct{ path, want string }{
		{write("empty.onnx", nil), "is empty (0 bytes)"},
		{write("text.onnx", []byte("version https://git-lfs.github.com/spec/v1\n")), "not an ONNX model"},
		{write("picture.onnx", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00")), "not an ONNX model"},
		{write("zeros.onnx", make([]byte, 4096)), "not an ONNX model"},
		{write("page.onnx", []byte("<!DOCTYPE html><html><body>404</body></html>")), "not an ONNX model"},
		{dir, "is a folder; choose the .onnx file in it"},
		{filepath.Join(dir, "nothing.onnx"), "no such file"},
	} {
		if _, err := onnx.ReadFile(c.path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", filepath.Base(c.path), err, c.want)
		}
	}
	if _, err := onnx.Read(nil); !errors.Is(err, onnx.ErrNotONNX) {
		t.Errorf("no bytes: %v", err)
	}
}

// chain is a model whose nodes are given; it reads x and ends in y.
func chain(nodes ...*onnx.Node) *onnx.Model {
	m := oneNode(13, op("Relu", nil, "x"), four)
	m.Graph.Nodes = nodes
	for _, n := range nodes {
		if n.Attrs == nil {
			n.Attrs = attrs{}
		}
	}
	return m
}

func with(m *onnx.Model, change func(*onnx.Graph)) *onnx.Model {
	change(m.Graph)
	return m
}

func nested(depth int) *onnx.Node {
	n := inner("deep", "Identity", attrs{}, "x")
	for range depth {
		n = inner("deep", "If", attrs{"then_branch": graphAttr(branch("b", n)), "else_branch": graphAttr(branch("c", inner("other", "Identity", attrs{}, "x")))}, "yes")
	}
	return n
}

func raw(name string, typ onnx.Type, bytes int, dims ...int64) *onnx.Tensor {
	return &onnx.Tensor{Name: name, Type: typ, Dims: dims, Raw: make([]byte, bytes)}
}

func repeated(n int, v int64) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func relu(opset int64) *onnx.Model { return oneNode(opset, op("Relu", nil, "x"), four) }

func TestBadGraphs(t *testing.T) {
	constant := func(c *onnx.Tensor) *onnx.Model { return oneNode(13, op("Add", nil, "x", c.Name), four, c) }
	for _, c := range []struct {
		name  string
		model *onnx.Model
		want  string
	}{
		{"cycle of two", chain(inner("a", "Add", nil, "x", "b"), inner("b", "Relu", nil, "a"), inner("y", "Relu", nil, "b")), `node "a" (Add) is part of a cycle`},
		{"self-loop", chain(inner("y", "Add", nil, "x", "y")), `node "y" (Add) is part of a cycle`},
		{
			"cycle through a capture", chain(&onnx.Node{Name: "n", Op: "If", In: []string{"yes"}, Out: []string{"y"}, Attrs: attrs{
				"then_branch": graphAttr(branch("t", inner("t", "Relu", attrs{}, "y"))), "else_branch": graphAttr(branch("e", inner("e", "Relu", attrs{}, "x"))),
			}}), `reads "yes", which nothing makes`,
		},
		{
			"cycle through a capture, closed", with(chain(&onnx.Node{Name: "n", Op: "If", In: []string{"yes"}, Out: []string{"y"}, Attrs: attrs{
				"then_branch": graphAttr(branch("t", inner("t", "Relu", attrs{}, "y"))), "else_branch": graphAttr(branch("e", inner("e", "Relu", attrs{}, "x"))),
			}}), func(g *onnx.Graph) { g.Init["yes"] = yes }), `node "n" (If) is part of a cycle`,
		},
		{"cycle in a subgraph", with(chain(&onnx.Node{Name: "n", Op: "If", In: []string{"yes"}, Out: []string{"y"}, Attrs: attrs{
			"then_branch": graphAttr(branch("t", inner("p", "Relu", attrs{}, "q"), inner("q", "Relu", attrs{}, "p"))),
		}}), func(g *onnx.Graph) { g.Init["yes"] = yes }), `node "n" (If), in its subgraph "t": node "p" (Relu) is part of a cycle`},
		{"undefined input", chain(inner("y", "Add", nil, "x", "ghost")), `node "y" (Add) reads "ghost", which nothing makes`},
		{"value made twice", chain(inner("y", "Relu", nil, "x"), inner("y", "Abs", nil, "x")), `node "y" (Abs): value "y" is defined twice`},
		{"input made again", chain(inner("x", "Relu", nil, "x"), inner("y", "Abs", nil, "x")), `value "x" is defined twice`},
		{"input twice", with(relu(13), func(g *onnx.Graph) { g.Inputs = append(g.Inputs, g.Inputs[0]) }), `graph input "x" is declared twice`},
		{"output twice", with(relu(13), func(g *onnx.Graph) { g.Outputs = append(g.Outputs, g.Outputs[0]) }), `graph output "y" is declared twice`},
		{"unmade output", with(relu(13), func(g *onnx.Graph) { g.Outputs[0].Name = "z" }), `graph output "z" is made by no node`},
		{"no output", with(relu(13), func(g *onnx.Graph) { g.Outputs = nil }), "the graph has no output"},
		{"no input", with(relu(13), func(g *onnx.Graph) { g.Inputs = nil; g.Init["x"] = vector("x", 1) }), "the graph has no input"},
		{"nameless input", with(relu(13), func(g *onnx.Graph) { g.Inputs = append(g.Inputs, onnx.Value{}) }), "a graph input has no name"},
		{"nameless weight", with(relu(13), func(g *onnx.Graph) { g.Init[""] = vector("", 1) }), "a weight tensor has no name"},
		{"nameless op", chain(inner("y", "", nil, "x")), `node 0 ("y") names no operator`},
		{"deep subgraphs", with(chain(nested(20), inner("y", "Relu", nil, "deep")), func(g *onnx.Graph) { g.Init["yes"] = yes }), "subgraphs nest deeper than 16"},

		{"negative dimension", constant(raw("w", onnx.Float32, 4, -1, 2)), `tensor "w": dimension -1 in shape [-1 2] is negative`},
		{"overflowing shape", constant(raw("w", onnx.Float32, 0, 1<<40, 1<<40)), "is too large"},
		{"overflow to zero", constant(raw("w", onnx.Float32, 0, 1<<62, 4)), "is too large"},
		{"huge shape, no data", constant(raw("w", onnx.Float32, 0, 1<<31)), `tensor "w": shape [2147483648] of float32 is above 2 GB`},
		{"too few bytes", constant(raw("w", onnx.Float32, 12, 2, 2)), "shape [2 2] of float32 needs 16 bytes, the file holds 12"},
		{"too many bytes", constant(raw("w", onnx.Float16, 12, 2, 2)), "shape [2 2] of float16 needs 8 bytes, the file holds 12"},
		{"huge rank", constant(raw("w", onnx.Float32, 4, repeated(33, 1)...)), `tensor "w": rank 33 is above 32`},
		{"huge rank of a value", with(relu(13), func(g *onnx.Graph) { g.Inputs[0].Shape = onnx.Fixed(make([]int, 99)...) }), `value "x" has rank 99`},
		{"huge input", oneNode(13, op("Relu", nil, "x"), []int{1, 3, 1 << 20, 1 << 20}), `input "x" is declared with shape [1 3 1048576 1048576], above 2 GB`},
		{"overflowing input", oneNode(13, op("Relu", nil, "x"), []int{1 << 40, 1 << 40, 1 << 40, 1 << 40}), `input "x" is declared with shape`},
		{"int4 weights of another length", constant(raw("w", 22, 3, 4)), `tensor "w": shape [4] of int4 needs 2 bytes, the file holds 3`},
		{"convolution of a matrix", oneNode(17, op("Conv", attrs{"pads": onnx.Ints(1, 1)}, "x", "w"), []int{3, 9}, raw("w", onnx.Float32, 4*4*3*3, 4, 3, 3)), "operands of rank 2 and 2 have no windows in common"},
		{"convolution of a sum of known ranks", joined(17, []*onnx.Tensor{raw("a", onnx.Float32, 4*3, 3), raw("w", onnx.Float32, 4*4*3*3, 4, 3, 3)}, inner("m", "Mul", attrs{}, "a", "a"), inner("c", "Conv", attrs{}, "m", "w")), "operands of rank 1 and 1 have no windows in common"},
		{"convolution of other rank", oneNode(17, op("Conv", attrs{}, "x", "w"), []int{1, 3, 9, 9}, raw("w", onnx.Float32, 4*4*3*3, 4, 3, 3)), "operands of rank 4 and 3"},
		{"pads of other rank", oneNode(17, op("MaxPool", attrs{"kernel_shape": onnx.Ints(2, 2), "pads": onnx.Ints(1, 1)}, "x"), []int{1, 3, 9, 9}), "pads [1 1] does not fit operands of rank 4"},
		{"float8 weights", constant(raw("w", 17, 4, 4)), "element type float8e4m3fn is not supported"},
		{"unknown type", constant(raw("w", 77, 4, 4)), "element type type 77 is not supported"},
		{"no type", constant(raw("w", 0, 4, 4)), "element type undefined is not supported"},
		{"strings missing", constant(&onnx.Tensor{Name: "w", Type: onnx.String, Dims: []int64{3}, Strings: []string{"a"}}), `tensor "w": 1 strings for shape [3]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := onnx.Read([]byte(marshal(t, c.model)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

// A string tensor is no reason to refuse a model.
func TestStringTensorsAreRead(t *testing.T) {
	m := with(relu(13), func(g *onnx.Graph) {
		g.Init["names"] = &onnx.Tensor{Name: "names", Type: onnx.String, Dims: []int64{2}, Strings: []string{"cat", "\xff dog"}}
	})
	got, err := onnx.Read([]byte(marshal(t, m)))
	if err != nil {
		t.Fatal(err)
	}
	if s := got.Graph.Init["names"].Strings; len(s) != 2 || s[1] != "\xff dog" {
		t.Errorf("strings %q", s)
	}
}

// wireModel is a model whose wire form the test changes.
func wireModel(t testing.TB, change func(*pb.Model)) []byte {
	t.Helper()
	var p pb.Model
	if err := proto.Unmarshal([]byte(marshal(t, relu(13))), &p); err != nil {
		t.Fatal(err)
	}
	change(&p)
	data, err := proto.Marshal(&p)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestBadWireForms(t *testing.T) {
	deep := []byte{}
	for range 5000 {
		// Graph (7 of the model), node (1), attribute (5), graph (6), ...
		deep = protowire.AppendBytes(protowire.AppendTag(nil, 6, protowire.BytesType), deep)
		deep = protowire.AppendBytes(protowire.AppendTag(nil, 5, protowire.BytesType), deep)
		deep = protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), deep)
	}
	deep = protowire.AppendBytes(protowire.AppendTag(nil, 7, protowire.BytesType), deep)

	many := bytes.Repeat([]byte{0x0a, 0}, 5<<20) // empty nodes, two bytes each
	many = protowire.AppendBytes(protowire.AppendTag(nil, 7, protowire.BytesType), many)

	names := bytes.Repeat([]byte{0x0a, 0}, 5<<20) // inputs of one node
	names = protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), names)
	names = protowire.AppendBytes(protowire.AppendTag(nil, 7, protowire.BytesType), names)

	tensor := &pb.Tensor{Name: proto.String("w"), DataType: proto.Int32(1), Dims: []int64{1}, RawData: make([]byte, 4)}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"deep messages", deep, "nests deeper than 200 messages"},
		{"ten million bytes of empty nodes", many, "more than 4 million parts"},
		{"a node of five million inputs", names, "more than 4 million names"},
		{"sparse weights", wireModel(t, func(p *pb.Model) { p.Graph.SparseInitializer = []*pb.SparseTensor{{}} }), "sparse weights are not supported; export the model with dense weights"},
		{"sparse attribute", wireModel(t, func(p *pb.Model) {
			p.Graph.Node[0].Attribute = []*pb.Attribute{{Name: proto.String("sparse_value"), Type: proto.Int32(11), SparseTensor: &pb.SparseTensor{}}}
		}), `node "n" (Relu), attribute "sparse_value": sparse tensors are not supported`},
		{"attribute twice", wireModel(t, func(p *pb.Model) {
			a := &pb.Attribute{Name: proto.String("alpha"), Type: proto.Int32(1), F: proto.Float32(1)}
			p.Graph.Node[0].Attribute = []*pb.Attribute{a, a}
		}), `attribute "alpha" is given twice`},
		{"attribute without tensor", wireModel(t, func(p *pb.Model) {
			p.Graph.Node[0].Attribute = []*pb.Attribute{{Name: proto.String("value"), Type: proto.Int32(4)}}
		}), "the tensor is missing"},
		{"weight twice", wireModel(t, func(p *pb.Model) { p.Graph.Initializer = []*pb.Tensor{tensor, tensor} }), `weight "w" is defined twice`},
		{"sequence output", wireModel(t, func(p *pb.Model) { p.Graph.Output[0].Type = &pb.Type{SequenceType: []byte{}} }), `"y" is not a tensor`},
		{"no graph", []byte{8, 7}, "it declares no graph"},
		{"no version", wireModel(t, func(p *pb.Model) { p.IrVersion, p.OpsetImport = nil, nil }), "not an ONNX model"},
		{"external in memory", wireModel(t, func(p *pb.Model) {
			p.Graph.Initializer = []*pb.Tensor{externalTensor("w", "w.bin", 0, 4, 1)}
		}), "open the model from its folder"},
		{"function calls itself", wireModel(t, func(p *pb.Model) {
			p.Functions = []*pb.Function{function("f", "f")}
			p.Graph.Node[0].OpType, p.Graph.Node[0].Domain = proto.String("f"), proto.String("local")
		}), `function "f" calls itself`},
		{"functions that double", wireModel(t, func(p *pb.Model) {
			for i := range 40 {
				next := string(rune('A' + i + 1))
				p.Functions = append(p.Functions, function(string(rune('A'+i)), next, next))
			}
			p.Graph.Node[0].OpType, p.Graph.Node[0].Domain = proto.String("A"), proto.String("local")
		}), "with its functions written out the model has more than 1048576 nodes"},
		{"function twice", wireModel(t, func(p *pb.Model) { p.Functions = []*pb.Function{function("f", "Relu"), function("f", "Relu")} }), `function "f" is defined twice`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := onnx.Read(c.data)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

// function calls others of its domain one after the other.
func function(name string, calls ...string) *pb.Function {
	f := &pb.Function{Name: proto.String(name), Domain: proto.String("local"), Input: []string{"a"}, Output: []string{"z"}}
	for i, c := range calls {
		f.Node = append(f.Node, &pb.Node{OpType: proto.String(c), Domain: proto.String("local"), Input: []string{"a"}, Output: []string{"z" + string(rune('0'+i))}})
	}
	return f
}

// exercise reads data and does everything with the model that the program
// does before a runtime sees it. It says whether the model was read.
func exercise(t testing.TB, data []byte) bool {
	t.Helper()
	m, err := onnx.Read(data)
	if err != nil {
		if m != nil {
			t.Fatal("a model beside an error")
		}
		return false
	}
	before := marshal(t, m)
	again, err := onnx.Read([]byte(before))
	if err != nil {
		t.Fatalf("what was written cannot be read: %v", err)
	}
	if marshal(t, again) != before {
		t.Fatal("writing, reading and writing again changes the bytes")
	}
	shapes := map[string][]int{}
	for _, v := range m.Graph.FreeInputs() {
		shapes[v.Name] = v.Dims()
	}
	// In the order of grad.Prepare.
	current := m
	for _, pass := range []func(*onnx.Model) (*onnx.Model, error){
		onnx.InlineFunctions,
		func(m *onnx.Model) (*onnx.Model, error) { w, _, err := onnx.ToFloat32(m); return w, err },
		onnx.InlineConstants,
		func(m *onnx.Model) (*onnx.Model, error) { w, _, err := onnx.Dequantize(m); return w, err },
		func(m *onnx.Model) (*onnx.Model, error) { return onnx.Upgrade(m, shapes) },
		func(m *onnx.Model) (*onnx.Model, error) { w, _, err := onnx.FlattenSequences(m, shapes); return w, err },
		func(m *onnx.Model) (*onnx.Model, error) { w, _, err := onnx.Lower(m, shapes, nil); return w, err },
		func(m *onnx.Model) (*onnx.Model, error) { w, _, err := onnx.FoldBranches(m); return w, err },
	} {
		if next, err := pass(current); err == nil {
			current = next
			marshal(t, current)
		}
	}
	if marshal(t, m) != before {
		t.Fatal("a pass changed its input")
	}
	return true
}
