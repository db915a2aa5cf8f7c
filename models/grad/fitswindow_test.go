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
