package grad_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// A window larger than its input is one window where it passes the end by less
// than a stride, as the runtime's pools have it, and refused beyond: it was a
// node behind that failed, in the runtime's words.
func TestWindowsLargerThanTheirInput(t *testing.T) {
	lib := library(t)
	for _, c := range []struct {
		size, kernel, stride, dilation, pad int64
		pool, convolution                   string
	}{
		{size: 4, kernel: 4, stride: 1, dilation: 1},
		{size: 4, kernel: 6, stride: 1, dilation: 1, pad: 1},
		{4, 4, 4, 2, 0, "", "spans 7 places"},
		{4, 4, 5, 2, 0, "", "spans 7 places"},
		{4, 3, 3, 2, 0, "", "spans 5 places"},
		{2, 4, 3, 1, 0, "", "spans 4 places"},
		{4, 4, 3, 2, 0, "spans 7 places", "spans 7 places"},
		{4, 4, 2, 2, 0, "spans 7 places", "spans 7 places"},
		{4, 4, 1, 2, 0, "spans 7 places", "spans 7 places"},
		{2, 5, 3, 1, 0, "spans 5 places", "spans 5 places"},
		{1, 8, 3, 1, 2, `node "n" (OP): no window fits along axis 3: kernel 8 with dilation 1 spans 8 places, and its input "x" of shape [1 2 9 1] has 1 with pads 2 and 2: give it a larger picture, or export the model for this size`, "spans 8 places"},
	} {
		for _, op := range []string{"MaxPool", "AveragePool", "LpPool", "Conv"} {
			for _, ceil := range []int64{0, 1} {
				want := c.pool
				attrs := grad.A{
					"kernel_shape": onnx.Ints(2, c.kernel), "strides": onnx.Ints(1, c.stride), "dilations": onnx.Ints(1, c.dilation),
					"pads": onnx.Ints(0, c.pad, 0, c.pad), "ceil_mode": onnx.Int(ceil),
				}
				in := x(1, 2, 9, int(c.size))
				draw := vjpCase{opset: 22, node: node(op, attrs, "x"), inputs: in}
				if op == "Conv" {
					want = c.convolution
					delete(attrs, "ceil_mode")
					draw.node.In = append(draw.node.In, "w")
					draw.consts = []*onnx.Tensor{floats("w", []int64{3, 2, 2, c.kernel}, 5)}
				} else {
					in[0].draw = ranked(rand.New(rand.NewPCG(uint64(c.size), 7)), in[0].shape)
				}
				m, _ := drawnModel(draw, false)
				_, facts, err := placed(lib, m)
				switch want = strings.ReplaceAll(want, "OP", op); {
				case want == "" && err == nil:
					var tally propertyTally
					if err := checkDraw(lib, t, draw, rand.New(rand.NewPCG(3, 7)), &tally); err != nil || tally.valid != 1 {
						t.Errorf("%s %+v, ceil_mode %d: %v, %v", op, c, ceil, err, tally.refusal)
					}
				case want == "" || err == nil || !strings.Contains(err.Error(), want):
					t.Errorf("%s %+v, ceil_mode %d: shape %v, error %v, want %q", op, c, ceil, facts.Shapes["y"], err, want)
				}
			}
		}
	}
}

// Automatic padding is that of the window without its dilation: a pool of 3 by 2
// along 2 places with stride 2 has none, one of 4 by 2 along 4 places has one
// where ONNX's inference counts two.
func TestDilatedPoolsThatPadThemselves(t *testing.T) {
	lib := library(t)
	for _, op := range []string{"MaxPool", "AveragePool", "LpPool"} {
		for _, c := range []struct {
			size, kernel, stride int64
			want                 string
		}{
			{2, 3, 2, "no window fits along axis 3: kernel 3 with dilation 2 spans 5 places, and its input \"x\" of shape [1 2 7 2] has 2 with pads 0 and 1"},
			{4, 4, 2, ""},
			{6, 3, 2, ""},
		} {
			for _, pad := range []string{"SAME_UPPER", "SAME_LOWER"} {
				in := x(1, 2, 7, int(c.size))
				in[0].draw = ranked(rand.New(rand.NewPCG(5, 6)), in[0].shape)
				draw := vjpCase{opset: 22, inputs: in, node: node(op, grad.A{
					"kernel_shape": onnx.Ints(2, c.kernel), "strides": onnx.Ints(1, c.stride), "dilations": onnx.Ints(1, 2), "auto_pad": onnx.Str(pad),
				}, "x")}
				m, _ := drawnModel(draw, false)
				_, facts, err := placed(lib, m)
				if c.want != "" {
					if err == nil || !strings.Contains(err.Error(), c.want) {
						t.Errorf("%s %+v %s: shape %v, error %v", op, c, pad, facts.Shapes["y"], err)
					}
					continue
				}
				var tally propertyTally
				if err := checkDraw(lib, t, draw, rand.New(rand.NewPCG(5, 6)), &tally); err != nil || tally.valid != 1 {
					t.Errorf("%s %+v %s: %v, %v", op, c, pad, err, tally.refusal)
				}
			}
		}
	}
}

// Where a stride passes the window by one and padding is automatic, the last
// element is left out; dilated averages then end before it, and are refused,
// dilated windows in ceil_mode altogether.
func TestStridesBeyondTheWindow(t *testing.T) {
	lib := library(t)
	for _, op := range []string{"MaxPool", "AveragePool", "LpPool"} {
		for _, opset := range []int64{18, 19, 22} {
			for _, ceil := range []int64{0, 1} {
				for _, dilation := range []int64{1, 2} {
					if op == "AveragePool" && opset == 18 && dilation > 1 {
						continue
					}
					a := grad.A{"kernel_shape": onnx.Ints(2, 1), "strides": onnx.Ints(3, 2), "auto_pad": onnx.Str("SAME_LOWER"), "ceil_mode": onnx.Int(ceil)}
					if dilation > 1 {
						a["dilations"] = onnx.Ints(dilation, 1)
					}
					in := x(1, 2, 3, 2)
					in[0].draw = ranked(rand.New(rand.NewPCG(5, 6)), in[0].shape)
					draw := vjpCase{opset: opset, node: node(op, a, "x"), inputs: in}
					m, wants := drawnModel(draw, false)
					m, facts, err := placed(lib, m)
					if dilation > 1 && ceil == 1 {
						if err == nil || !strings.Contains(err.Error(), "whose stride 3 passes its kernel 2, has no one meaning") {
							t.Errorf("%s of opset %d: %v", op, opset, err)
						}
						continue
					}
					if err != nil {
						t.Fatal(err)
					}
					_, err = grad.Build(m, facts, grad.Query{Score: "y", Wants: wants})
					if refused := err != nil && strings.Contains(err.Error(), "is not offered; "); refused != (dilation > 1 && op != "MaxPool") {
						t.Errorf("%s of opset %d, ceil_mode %d, dilation %d: %v", op, opset, ceil, dilation, err)
					}
					var tally propertyTally
					if err := checkDraw(lib, t, draw, rand.New(rand.NewPCG(5, 6)), &tally); err != nil || tally.valid != 1 || len(facts.Shapes["y"]) != 4 || product(facts.Shapes["y"]) != 2 {
						t.Errorf("%s of opset %d, ceil_mode %d, dilation %d: shape %v, %v, %v", op, opset, ceil, dilation, facts.Shapes["y"], err, tally.refusal)
					}
				}
			}
		}
	}
}
