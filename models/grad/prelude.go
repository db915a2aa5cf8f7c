package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// Masks is how a Prelude makes the masks of its samples.
type Masks int

// The kinds of masks. Positions and values are those of one sample each.
const (
	// GridMasks are bilinear between the cells of a grid, read at a position for
	// each row and one for each column: 0 is the first cell, r - 1 the last.
	GridMasks Masks = iota
	// ScaledGridMasks are those, brought to 0..1 by their own least and largest
	// value.
	ScaledGridMasks
	// LookupMasks have one value for each label of a map of labels.
	LookupMasks
	// ShareMasks have the same value everywhere.
	ShareMasks
)

// Prelude makes a model's samples inside its graph: each is
//
//	mask x + (1 - mask) off
//
// x and off are fed once for a whole batch, and of each sample only the few
// numbers that its mask is made of. Mask is 1 where all of x is to be seen; it
// covers all channels alike. Ordinary nodes of opset 13 are all it takes.
type Prelude struct {
	Masks Masks
	// Off says that off is fed; else it is zero.
	Off bool
	// ChannelsLast says that the model's input is [N, H, W, C], not [N, C, H, W].
	ChannelsLast bool
}

// LabelsName is the input with the labels of a prelude with LookupMasks: each is
// the number of one of a sample's values, from 0.
const LabelsName = "seewhy.prelude.labels"

// The names of a prelude's inputs. Pictures are fed as planes: [1, C, H, W], or
// where the channels lie last [1, 1, H, W C].
const (
	preludeCells       = "seewhy.prelude.cells"
	preludeRows        = "seewhy.prelude.rows"
	preludeColumns     = "seewhy.prelude.columns"
	preludeRowSteps    = "seewhy.prelude.rowsteps"
	preludeColumnSteps = "seewhy.prelude.columnsteps"
	preludeX           = "seewhy.prelude.x"
	preludeOff         = "seewhy.prelude.off"
)

// Inputs names what is fed in place of the model's input: first what each
// sample has of its own, then what is the same for all of a batch. In the order
// of the names their shapes are, with a plane of P columns:
//
//	grids   cells [N, r, c], rows [N, H, 1], columns [N, 1, P];
//	        0..r-1 [1, 1, r], 0..c-1 [1, c, 1], x [1, C, H, P], off
//	lookup  values [N, S]; labels [H P], x, off
//	share   values [N, 1, 1, 1]; x, off
func (p Prelude) Inputs() []string {
	names := []string{preludeCells}
	switch p.Masks {
	case GridMasks, ScaledGridMasks:
		names = append(names, preludeRows, preludeColumns, preludeRowSteps, preludeColumnSteps)
	case LookupMasks:
		names = append(names, LabelsName)
	}
	names = append(names, preludeX)
	if p.Off {
		names = append(names, preludeOff)
	}
	return names
}

// Before is m with the prelude in front of one of its inputs, which must be of
// four known dimensions but for the batch.
func (p Prelude) Before(m *onnx.Model, input string) (*onnx.Model, error) {
	at := slices.IndexFunc(m.Graph.Inputs, func(v onnx.Value) bool { return v.Name == input })
	if at < 0 {
		return nil, fmt.Errorf("the model has no input %q", input)
	}
	shape := m.Graph.Inputs[at].Dims()
	if len(shape) != 4 || slices.Min(shape[1:]) < 1 || m.Graph.Inputs[at].Type != onnx.Float32 {
		return nil, fmt.Errorf("samples of shape %v cannot be made inside the graph", shape)
	}
	out := m.Shallow()
	g := out.Graph
	e := &prelude{g: g, opset: m.Opset(), batch: shape[0], channels: shape[1], height: shape[2], width: shape[3]}
	if p.ChannelsLast {
		e.channels, e.height, e.width = 1, shape[1], shape[2]*shape[3]
	}
	behind := g.Nodes
	g.Nodes = nil
	g.Inputs = slices.Delete(slices.Clone(g.Inputs), at, at+1)

	mask := e.mask(p.Masks)
	mixed := e.node("Mul", nil, e.input(preludeX, 1, e.channels, e.height, e.width), mask)
	if p.Off {
		rest := e.node("Sub", nil, e.one(), mask)
		mixed = e.node("Add", nil, mixed, e.node("Mul", nil, e.input(preludeOff, 1, e.channels, e.height, e.width), rest))
	}
	op, in := "Identity", []string{mixed}
	if p.ChannelsLast {
		op, in = "Reshape", append(in, e.ints(int64(e.batch), int64(shape[1]), int64(shape[2]), int64(shape[3])))
	}
	g.Nodes = append(g.Nodes, &onnx.Node{Name: "seewhy.prelude", Op: op, In: in, Out: []string{input}})
	g.Nodes = append(g.Nodes, behind...)
	return out, nil
}

// prelude emits nodes; batch is -1 where it is open.
type prelude struct {
	g                              *onnx.Graph
	batch, channels, height, width int
	made                           int
	opset                          int64
}

// mask is [N, 1, H, P], or [N, 1, 1, 1].
func (e *prelude) mask(m Masks) string {
	switch m {
	case ShareMasks:
		return e.input(preludeCells, e.batch, 1, 1, 1)
	case LookupMasks:
		values := e.input(preludeCells, e.batch, -1)
		labels := e.node("Cast", A{"to": onnx.Int(int64(onnx.Int32))}, e.input(LabelsName, e.height*e.width))
		pixels := e.node("Gather", A{"axis": onnx.Int(1)}, values, labels)
		return e.node("Reshape", nil, pixels, e.ints(int64(e.batch), 1, int64(e.height), int64(e.width)))
	}
	cells := e.input(preludeCells, e.batch, -1, -1)
	rows := e.shares(e.input(preludeRows, e.batch, e.height, 1), e.input(preludeRowSteps, 1, 1, -1))
	columns := e.shares(e.input(preludeColumns, e.batch, 1, e.width), e.input(preludeColumnSteps, 1, -1, 1))
	plane := e.node("MatMul", nil, e.node("MatMul", nil, rows, cells), columns)
	if m == ScaledGridMasks {
		low, high := e.extreme("ReduceMin", plane), e.extreme("ReduceMax", plane)
		span := e.node("Add", nil, e.node("Sub", nil, high, low), e.floats(1e-8))
		plane = e.node("Div", nil, e.node("Sub", nil, plane, low), span)
	}
	return e.node("Unsqueeze", nil, plane, e.ints(1))
}

// extreme is a sample's least or largest value; opset 18 made an input of the axes.
func (e *prelude) extreme(op, plane string) string {
	attrs, in := A{"keepdims": onnx.Int(1)}, []string{plane}
	if e.opset < 18 {
		attrs["axes"] = onnx.Ints(1, 2)
	} else {
		in = append(in, e.ints(1, 2))
	}
	return e.node(op, attrs, in...)
}

// shares is how much of each cell a position has: max(0, 1 - |position - k|).
func (e *prelude) shares(positions, steps string) string {
	away := e.node("Abs", nil, e.node("Sub", nil, positions, steps))
	return e.node("Relu", nil, e.node("Sub", nil, e.one(), away))
}

func (e *prelude) node(op string, attrs A, in ...string) string {
	e.made++
	name := fmt.Sprintf("seewhy.prelude.%d.%s", e.made, op)
	e.g.Nodes = append(e.g.Nodes, &onnx.Node{Name: name, Op: op, Attrs: attrs, In: in, Out: []string{name}})
	return name
}

func (e *prelude) input(name string, shape ...int) string {
	e.g.Inputs = append(e.g.Inputs, onnx.Value{Name: name, Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(shape...)})
	return name
}

func (e *prelude) one() string { return e.floats(1) }

func (e *prelude) floats(v float32) string {
	name := fmt.Sprintf("seewhy.prelude.const.%g", v)
	e.g.Init[name] = onnx.NewFloats(name, nil, []float32{v})
	return name
}

func (e *prelude) ints(v ...int64) string {
	e.made++
	name := fmt.Sprintf("seewhy.prelude.%d.const", e.made)
	e.g.Init[name] = onnx.NewInts(name, v...)
	return name
}
