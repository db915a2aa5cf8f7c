package grad_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// net writes small networks: x [N, 3, 8, 8] goes through smooth layers, so that
// central differences tell its gradient.
type net struct {
	g     *onnx.Graph
	draws *rand.Rand
}

func newNet() *net {
	n := &net{draws: rand.New(rand.NewPCG(5, 7)), g: &onnx.Graph{
		Init:   map[string]*onnx.Tensor{},
		Inputs: []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, 3, 8, 8)}},
	}}
	n.conv("c1", "x", 3, 6, 3)
	n.op("Tanh", "h", nil, "c1")
	return n
}

func (n *net) op(op, out string, attrs grad.A, in ...string) string {
	if attrs == nil {
		attrs = grad.A{}
	}
	n.g.Nodes = append(n.g.Nodes, &onnx.Node{Name: out, Op: op, In: in, Out: []string{out}, Attrs: attrs})
	return out
}

func (n *net) conv(out, in string, from, to, k int) string {
	w := make([]float32, to*from*k*k)
	for i := range w {
		w[i] = float32(n.draws.NormFloat64() / math.Sqrt(float64(from*k*k)))
	}
	n.g.Init[out+".w"] = onnx.NewFloats(out+".w", []int64{int64(to), int64(from), int64(k), int64(k)}, w)
	p := int64(k / 2)
	return n.op("Conv", out, grad.A{"pads": onnx.Ints(p, p, p, p)}, in, out+".w")
}

func (n *net) ints(name string, v ...int64) string {
	n.g.Init[name] = onnx.NewInts(name, v...)
	return name
}

// rows makes [N, 64, c] of a map of c channels.
func (n *net) rows(out, in string, c int) string {
	n.op("Transpose", out+".t", grad.A{"perm": onnx.Ints(0, 2, 3, 1)}, in)
	return n.op("Reshape", out, nil, out+".t", n.ints(out+".s", 0, -1, int64(c)))
}

func (n *net) prepare(t *testing.T, outputs ...string) *grad.Prepared {
	t.Helper()
	for _, o := range outputs {
		n.g.Outputs = append(n.g.Outputs, onnx.Value{Name: o, Type: onnx.Float32})
	}
	m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: n.g}
	p, err := grad.Prepare(m, "x", []int{-1, 3, 8, 8}, oracle{library(t)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func forward(t *testing.T, p *grad.Prepared, x tensor.Tensor, values ...string) []tensor.Tensor {
	t.Helper()
	data, err := onnx.Marshal(grad.Forward(p, values...))
	if err != nil {
		t.Fatal(err)
	}
	s, err := library(t).NewSession(data, []string{"x"}, values, runtime.Options{Device: runtime.CPU})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out, err := s.Run(context.Background(), []tensor.Tensor{x})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func randomly(n int) tensor.Tensor {
	x, r := tensor.New(n, 3, 8, 8), rand.New(rand.NewPCG(1, 2))
	for i := range x.Data {
		x.Data[i] = float32(r.NormFloat64())
	}
	return x
}

// differs compares the gradient of score c with central differences along random
// directions; the bound is 1e-3 of it, for float32 forward passes.
func differs(t *testing.T, p *grad.Prepared, s grad.Scores, c int) {
	t.Helper()
	prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: s.Logits, Wants: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	x, u := randomly(1), tensor.New(append([]int{1}, p.Facts.Shapes[s.Logits][1:]...)...)
	u.Data[s.At(c)] = 1
	_, g := runProgram(t, prog, "x", s.Logits, []string{"x"}, x, u)
	r := rand.New(rand.NewPCG(3, 4))
	for range 4 {
		const step = 1e-2
		v, along, size := make([]float64, len(x.Data)), 0.0, 0.0
		up, down := x.Clone(), x.Clone()
		for i := range v {
			v[i] = r.NormFloat64()
			along += v[i] * float64(g[0].Data[i])
			size += float64(g[0].Data[i]) * float64(g[0].Data[i])
			up.Data[i] += float32(step * v[i])
			down.Data[i] -= float32(step * v[i])
		}
		a, b := forward(t, p, up, s.Logits)[0].Data[s.At(c)], forward(t, p, down, s.Logits)[0].Data[s.At(c)]
		want := float64(a-b) / (2 * step)
		if math.Abs(along-want) > 2e-3*max(1e-3, math.Sqrt(size)) {
			t.Errorf("along a direction the gradient is %v, the difference %v", along, want)
		}
		if size == 0 {
			t.Error("the gradient is zero")
		}
	}
}

func about(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 2e-4*max(1, math.Abs(want))) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// TestReadRegion holds a segmentation's score to the sum over its map, for two
// samples, and its gradient to central differences.
func TestReadRegion(t *testing.T) {
	for _, channels := range []int{1, 4} {
		n := newNet()
		n.conv("out", "h", 6, channels, 1)
		n.op("Sigmoid", "seg", nil, "out")
		p := n.prepare(t, "seg")
		o, err := grad.Recognise(p)
		if err != nil {
			t.Fatal(err)
		}
		if o.Kind != grad.Segmented || o.Map != "out" || o.Classes != channels || o.Height != 8 || o.Width != 8 {
			t.Fatalf("recognised as %+v", o)
		}
		mask := make([]float32, 64)
		for i := range mask {
			mask[i] = float32(i%3) / 2
		}
		x := randomly(2)
		for _, m := range [][]float32{nil, mask} {
			q, s, err := grad.ReadRegion(p, o, m)
			if err != nil {
				t.Fatal(err)
			}
			out := forward(t, q, x, "out", s.Logits, s.Probabilities)
			for k := range 2 {
				for c := range channels {
					want, weight := 0.0, 0.0
					for i := range 64 {
						w := 1.0
						if m != nil {
							w = float64(m[i])
						}
						want, weight = want+w*float64(out[0].Data[(k*channels+c)*64+i]), weight+w
					}
					about(t, "the sum", float64(out[1].Data[k*channels+c]), want)
					about(t, "the scale", s.Scale, 1/weight)
					if channels == 1 {
						about(t, "the probability", float64(out[2].Data[k]), 1/(1+math.Exp(-want/weight)))
					}
				}
			}
			differs(t, q, s, channels-1)
		}
		if _, _, err := grad.ReadRegion(p, o, make([]float32, 64)); err == nil {
			t.Error("an empty region is read")
		}
	}
}

// boxTwin is the score of one box in plain Go.
type boxTwin func(out []tensor.Tensor, anchor, class int) float64

func odds(p float64) float64 { return math.Log(p) - math.Log(1-p) }

func sigmoid(v float64) float64 { return 1 / (1 + math.Exp(-v)) }

// TestReadBox builds a head of each form, and holds the score of two boxes to a
// twin in Go and its gradient to central differences.
func TestReadBox(t *testing.T) {
	for _, c := range []struct {
		name    string
		build   func(n *net) (outputs []string)
		form    grad.BoxForm
		classes int
		softmax bool
		values  []string
		score   boxTwin
	}{
		{"columns", func(n *net) []string {
			n.op("Transpose", "bt", grad.A{"perm": onnx.Ints(0, 2, 1)}, n.rows("b", n.conv("cb", "h", 6, 4, 1), 4))
			n.op("Transpose", "st", grad.A{"perm": onnx.Ints(0, 2, 1)}, n.rows("s", n.conv("cs", "h", 6, 3, 1), 3))
			return []string{n.op("Concat", "y", grad.A{"axis": onnx.Int(1)}, "bt", n.op("Sigmoid", "p", nil, "st"))}
		}, grad.Columns, 3, false, []string{"st"}, func(out []tensor.Tensor, a, c int) float64 { return float64(out[0].Data[c*64+a]) }},
		{"columns with coefficients of masks", func(n *net) []string {
			n.rows("b", n.conv("cb", "h", 6, 4, 1), 4)
			n.rows("s", n.conv("cs", "h", 6, 3, 1), 3)
			for _, part := range []string{"b", "s"} {
				n.op("Transpose", part+"t", grad.A{"perm": onnx.Ints(0, 2, 1)}, part)
			}
			n.op("Concat", "d", grad.A{"axis": onnx.Int(1)}, "bt", n.op("Sigmoid", "p", nil, "st"))
			n.op("Transpose", "mt", grad.A{"perm": onnx.Ints(0, 2, 1)}, n.rows("m", n.conv("cm", "h", 6, 5, 1), 5))
			return []string{n.op("Concat", "y", grad.A{"axis": onnx.Int(1)}, "d", "mt")}
		}, grad.Columns, 3, false, []string{"st"}, func(out []tensor.Tensor, a, c int) float64 { return float64(out[0].Data[c*64+a]) }},
		{"columns without logits", func(n *net) []string {
			n.conv("cy", "h", 6, 7, 1)
			return []string{n.op("Transpose", "y", grad.A{"perm": onnx.Ints(0, 2, 1)}, n.rows("r", n.op("Sigmoid", "p", nil, "cy"), 7))}
		}, grad.Columns, 3, false, []string{"y"}, func(out []tensor.Tensor, a, c int) float64 { return odds(float64(out[0].Data[(4+c)*64+a])) }},
		{"rows", func(n *net) []string {
			n.conv("cy", "h", 6, 8, 1)
			return []string{n.rows("y", n.op("Sigmoid", "p", nil, "cy"), 8)}
		}, grad.Rows, 3, false, []string{"y"}, func(out []tensor.Tensor, a, c int) float64 {
			return odds(float64(out[0].Data[a*8+4]) * float64(out[0].Data[a*8+5+c]))
		}},
		{"pair with a Softmax over joined scales", func(n *net) []string {
			n.rows("s1", n.conv("cs1", "h", 6, 3, 1), 3)
			n.rows("s2", n.conv("cs2", "h", 6, 3, 3), 3)
			n.op("Concat", "s", grad.A{"axis": onnx.Int(1)}, "s1", "s2")
			n.rows("b1", n.conv("cb1", "h", 6, 4, 1), 4)
			n.rows("b2", n.conv("cb2", "h", 6, 4, 1), 4)
			n.op("Concat", "boxes", grad.A{"axis": onnx.Int(1)}, "b1", "b2")
			return []string{n.op("Softmax", "scores", grad.A{"axis": onnx.Int(2)}, "s"), "boxes"}
		}, grad.Pair, 3, true, []string{"s"}, func(out []tensor.Tensor, a, c int) float64 { return float64(out[0].Data[a*3+c]) }},
		{"cells", func(n *net) []string {
			n.op("Sigmoid", "po", nil, n.conv("co", "h", 6, 1, 1))
			n.conv("cb", "h", 6, 4, 1)
			n.op("Softmax", "pc", grad.A{"axis": onnx.Int(1)}, n.conv("cc", "h", 6, 3, 1))
			return []string{n.op("Concat", "y", grad.A{"axis": onnx.Int(1)}, "po", "cb", "pc")}
		}, grad.Cells, 3, false, []string{"y"}, func(out []tensor.Tensor, a, c int) float64 {
			y := out[0].Data
			return odds(math.Pow(float64(y[a]), 0.6) * math.Pow(float64(y[(5+c)*64+a]), 0.4))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNet()
			p := n.prepare(t, c.build(n)...)
			o, err := grad.Recognise(p)
			if err != nil {
				t.Fatal(err)
			}
			if o.Form != c.form || o.Classes != c.classes || o.Softmax != c.softmax {
				t.Fatalf("recognised as %+v", o)
			}
			x := randomly(1)
			for _, anchor := range []int{9, o.Anchors - 3} {
				q, s, err := grad.ReadBox(p, o, anchor, o.Softmax)
				if err != nil {
					t.Fatal(err)
				}
				out := forward(t, q, x, append(slices.Clone(c.values), s.Logits, s.Probabilities)...)
				row, prob := s.Row(out[len(out)-2].Data), s.Row(out[len(out)-1].Data)
				sum := 0.0
				for class := range c.classes {
					about(t, "the score", float64(row[class]), c.score(out, anchor, class))
					if !c.softmax {
						about(t, "the probability", float64(prob[class]), sigmoid(float64(row[class])))
					}
					sum += float64(prob[class])
				}
				if c.softmax {
					about(t, "the sum of the probabilities", sum, 1)
				}
				differs(t, q, s, 1)
			}
			if _, _, err := grad.ReadBox(p, o, o.Anchors, false); err == nil {
				t.Error("a box that is not there is read")
			}
			if q, s, err := grad.ReadBox(p, o, -1, o.Softmax); err != nil || len(forward(t, q, x, s.Logits)[0].Data) != c.classes*o.Anchors {
				t.Error("all boxes together are not read", err)
			}
		})
	}
}

// TestReadBoxTakesItsBranch: of joined scales only the box's own is behind its score.
func TestReadBoxTakesItsBranch(t *testing.T) {
	n := newNet()
	n.op("Tanh", "left", nil, n.conv("cl", "h", 6, 6, 3))
	n.op("Tanh", "right", nil, n.conv("cr", "h", 6, 6, 3))
	n.rows("s1", n.conv("cs1", "left", 6, 2, 1), 2)
	n.rows("s2", n.conv("cs2", "right", 6, 2, 1), 2)
	n.rows("boxes", n.conv("cb", "h", 6, 4, 1), 4)
	n.op("Concat", "both", grad.A{"axis": onnx.Int(1)}, "boxes", "boxes")
	n.op("Concat", "scores", grad.A{"axis": onnx.Int(1)}, "s1", "s2")
	p := n.prepare(t, "both", "scores")
	o, err := grad.Recognise(p)
	if err != nil {
		t.Fatal(err)
	}
	for anchor, layer := range map[int]string{3: "left", 64 + 3: "right"} {
		q, s, err := grad.ReadBox(p, o, anchor, false)
		if err != nil {
			t.Fatal(err)
		}
		var has []string
		list, _ := grad.Layers(q, s.Logits)
		for _, l := range list {
			if l.Value == "left" || l.Value == "right" {
				has = append(has, l.Value)
			}
		}
		if !slices.Equal(has, []string{layer}) {
			t.Errorf("box %d has the layers %v, want %s", anchor, has, layer)
		}
		before := grad.BeforeHead(q.Model.Graph, s.Logits)
		if !before[layer] || before["cs1"] || before["cs2"] {
			t.Errorf("box %d: before the head are %v", anchor, before)
		}
	}
}

// TestReadBoxOfJoinedScales: as YOLOv8 has it, boxes and scores of all scales are
// joined, then parted; a box's score still hangs on its own scale alone.
func TestReadBoxOfJoinedScales(t *testing.T) {
	n := newNet()
	var scales []string
	for _, side := range []string{"left", "right"} {
		n.op("Tanh", side, nil, n.conv("c"+side, "h", 6, 6, 3))
		scales = append(scales, n.op("Reshape", "r"+side, nil, n.conv("o"+side, side, 6, 7, 1), n.ints("s"+side, 0, 7, -1)))
	}
	n.op("Concat", "all", grad.A{"axis": onnx.Int(2)}, scales...)
	n.ints("parts", 4, 3)
	n.g.Nodes = append(n.g.Nodes, &onnx.Node{Name: "split", Op: "Split", In: []string{"all", "parts"}, Out: []string{"b", "s"}, Attrs: grad.A{"axis": onnx.Int(1)}})
	p := n.prepare(t, n.op("Concat", "y", grad.A{"axis": onnx.Int(1)}, "b", n.op("Sigmoid", "p", nil, "s")))
	o, err := grad.Recognise(p)
	if err != nil || o.Logits != "s" || o.Classes != 3 || o.Anchors != 128 {
		t.Fatalf("%+v, %v", o, err)
	}
	for anchor, layer := range map[int]string{3: "left", 64 + 3: "right"} {
		q, s, err := grad.ReadBox(p, o, anchor, false)
		if err != nil {
			t.Fatal(err)
		}
		// Another box of the scale has the same values, at another place.
		if _, other, err := grad.ReadBox(p, o, anchor+1, false); err != nil || other.Logits != s.Logits || other.Probabilities != s.Probabilities || other.At(2) != s.At(2)+1 {
			t.Errorf("the next box is read as %+v, this one as %+v (%v)", other, s, err)
		}
		out := forward(t, q, randomly(2), "s", s.Logits)
		for k := range 2 {
			for c := range 3 {
				about(t, "the score", float64(s.Row(out[1].Sample(k).Data)[c]), float64(out[0].Data[(3*k+c)*128+anchor]))
			}
		}
		list, _ := grad.Layers(q, s.Logits)
		for _, l := range list {
			if (l.Value == "left" || l.Value == "right") && l.Value != layer {
				t.Errorf("box %d hangs on %s", anchor, l.Value)
			}
		}
		differs(t, q, s, 2)
	}
}

func TestReadSimilarity(t *testing.T) {
	n := newNet()
	n.op("GlobalAveragePool", "pool", nil, n.conv("c2", "h", 6, 5, 1))
	n.op("Flatten", "e", nil, "pool")
	p := n.prepare(t, "e")
	x := randomly(2)
	rows := forward(t, p, x, "e")[0]
	reference := rows.Data[5:10]
	q, s, err := grad.ReadSimilarity(p, "e", reference)
	if err != nil {
		t.Fatal(err)
	}
	got := forward(t, q, x, s.Logits)[0].Data
	var dot, a, b float64
	for i, v := range reference {
		u := float64(rows.Data[i])
		dot, a, b = dot+u*float64(v), a+u*u, b+float64(v)*float64(v)
	}
	about(t, "the cosine", float64(got[0]), dot/math.Sqrt(a*b))
	about(t, "the cosine with itself", float64(got[1]), 1)
	differs(t, q, s, 0)
	if _, _, err := grad.ReadSimilarity(p, "e", make([]float32, 5)); err == nil || !strings.Contains(err.Error(), "no direction") {
		t.Errorf("a reference of zeros: %v", err)
	}
}

// TestRecogniseRefuses: what is no list of boxes of a known form is named.
func TestRecogniseRefuses(t *testing.T) {
	for name, build := range map[string]func(n *net) []string{
		"in several outputs": func(n *net) []string {
			n.rows("bbox_8", n.conv("a", "h", 6, 4, 1), 4)
			n.rows("bbox_16", n.conv("b", "h", 6, 4, 1), 4)
			return []string{"bbox_8", "bbox_16", n.rows("cls_8", n.conv("c", "h", 6, 2, 1), 2)}
		},
		"without NMS": func(n *net) []string { return []string{n.rows("y", n.conv("a", "h", 6, 6, 1), 6)} },
		"is read":     func(n *net) []string { return []string{n.rows("y", n.conv("a", "h", 6, 2, 1), 2)} },
	} {
		n := newNet()
		_, err := grad.Recognise(n.prepare(t, build(n)...))
		if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), `"`) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// exerciseReadings reads a model's outputs in each way that they allow.
func exerciseReadings(t *testing.T, p *grad.Prepared) {
	t.Helper()
	o, err := grad.Recognise(p)
	if err != nil {
		return
	}
	if n := o.Classes * max(o.Anchors, o.Height*o.Width); n < 1 || n > grad.MaxOutput {
		t.Fatalf("%d scores are read", n)
	}
	read := func() (*grad.Prepared, grad.Scores, error) { return grad.ReadRegion(p, o, nil) }
	if o.Kind == grad.Detected {
		read = func() (*grad.Prepared, grad.Scores, error) { return grad.ReadBox(p, o, o.Anchors-1, o.Softmax) }
	}
	q, s, err := read()
	if err != nil {
		t.Fatal(err)
	}
	shape, scores := q.Facts.Shapes[s.Logits], 1
	for _, d := range shape[1:] {
		scores *= d
	}
	if s.At(0) < 0 || s.At(o.Classes-1) >= scores {
		t.Fatalf("the scores have the shape %v, and lie at %d to %d", shape, s.At(0), s.At(o.Classes-1))
	}
	if layers, natural := grad.Layers(q, s.Logits); natural >= len(layers) {
		t.Fatalf("layer %d of %d", natural, len(layers))
	}
}

// TestHostileOutputs: sizes whose product no int holds are refused.
func TestHostileOutputs(t *testing.T) {
	for _, shape := range [][]int{{1, 3, 1 << 40, 1 << 40}, {1, 100, 1 << 62}, {1, 1 << 62, 7}, {1, 1 << 13, 1 << 14}} {
		g := &onnx.Graph{Init: map[string]*onnx.Tensor{}, Outputs: []onnx.Value{{Name: "y"}}}
		p := &grad.Prepared{Model: &onnx.Model{Graph: g}, Input: "x", Facts: grad.Facts{
			Shapes: map[string][]int{"y": shape, "x": {1, 3, 8, 8}}, Types: map[string]onnx.Type{"y": onnx.Float32},
		}}
		if o, err := grad.Recognise(p); err == nil || !strings.Contains(err.Error(), "more than") {
			t.Errorf("%v is read as %+v, %v", shape, o, err)
		}
	}
}
