package grad_test

import (
	"math"
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/tensor"
)

func TestIoU(t *testing.T) {
	a := grad.Box{X0: 0, Y0: 0, X1: 0.4, Y1: 0.4}
	for _, c := range []struct {
		b    grad.Box
		want float64
	}{
		{a, 1},
		{grad.Box{X0: 0.2, Y0: 0, X1: 0.6, Y1: 0.4}, 1.0 / 3},
		{grad.Box{X0: 0.5, Y0: 0.5, X1: 0.6, Y1: 0.6}, 0},
		{grad.Box{X0: 0.2, Y0: 0.2, X1: 0.2, Y1: 0.4}, 0},
		{grad.Box{X0: 0.3, Y0: 0.3, X1: 0.1, Y1: 0.1}, 0},
	} {
		if got := a.IoU(c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v and %v: %v, want %v", a, c.b, got, c.want)
		}
	}
}

func pair(softmax, logits bool, boxes, scores []float32) (grad.Outputs, tensor.Tensor, tensor.Tensor) {
	p := len(boxes) / 4
	c := len(scores) / p
	o := grad.Outputs{Kind: grad.Detected, Form: grad.Pair, Boxes: "b", Scores: "s", Anchors: p, Classes: c, Softmax: softmax, Sigmoid: !softmax && !logits}
	if logits {
		o.Logits = "s"
	}
	return o, tensor.Tensor{Shape: []int{1, p, 4}, Data: boxes}, tensor.Tensor{Shape: []int{1, p, c}, Data: scores}
}

// TestDetections decodes each form of boxes by hand.
func TestDetections(t *testing.T) {
	one := func(name string, o grad.Outputs, boxes, scores tensor.Tensor, want grad.Box, class int, score float64) {
		t.Helper()
		d, err := o.Detections(boxes, scores, 200, 100)
		if err != nil {
			t.Fatal(name, err)
		}
		f, err := d.Pick(nil)
		if err != nil {
			t.Fatal(name, err)
		}
		apart := max(math.Abs(f.Box.X0-want.X0), math.Abs(f.Box.Y0-want.Y0), math.Abs(f.Box.X1-want.X1), math.Abs(f.Box.Y1-want.Y1))
		if apart > 1e-6 || f.Class != class || math.Abs(f.Score-score) > 1e-6 {
			t.Errorf("%s: %+v", name, f)
		}
	}
	want := grad.Box{X0: 0.25, Y0: 0.2, X1: 0.75, Y1: 0.6}
	list := func(shape []int, v ...float32) tensor.Tensor { return tensor.Tensor{Shape: shape, Data: v} }

	y := list([]int{1, 6, 1}, 100, 40, 100, 40, 0.1, 0.7)
	one("columns", grad.Outputs{Form: grad.Columns, Anchors: 1, Classes: 2, Sigmoid: true}, y, y, want, 1, 0.7)
	y = list([]int{1, 1, 7}, 100, 40, 100, 40, 0.5, 0.1, 0.8)
	one("rows", grad.Outputs{Form: grad.Rows, Anchors: 1, Classes: 2, Sigmoid: true}, y, y, want, 1, 0.4)

	logit := func(p float64) float32 { return float32(math.Log(p / (1 - p))) }
	atanh := func(v float64) float32 { return float32(math.Atanh(v)) }
	// The second of two cells, centred at 0.5 of 2 columns' second: x = (1 + 0) / 2.
	y = list([]int{1, 7, 1, 2}, 0, 0.5, 0, 0, 0, atanh(0.4), 0, logit(0.5), 0, logit(0.4), 0, 0.2, 0, 0.8)
	one("cells", grad.Outputs{Form: grad.Cells, Anchors: 2, Classes: 2, Height: 1, Width: 2}, y, y, want, 1, math.Pow(0.5, 0.6)*math.Pow(0.8, 0.4))

	o, b, s := pair(false, false, []float32{0.25, 0.2, 0.75, 0.6, 0, 0, 0.1, 0.1}, []float32{0.1, 0.9, 0.2, 0.3})
	one("corners", o, b, s, want, 1, 0.9)
	// The small box at the lower right tells that these are centres and sizes.
	o, b, s = pair(false, false, []float32{0.5, 0.4, 0.5, 0.4, 0.9, 0.9, 0.1, 0.1}, []float32{0.1, 0.9, 0.2, 0.3})
	one("centres", o, b, s, want, 1, 0.9)
	o, b, s = pair(false, false, []float32{50, 20, 150, 60, 1, 1, 20, 20}, []float32{0.1, 0.9, 0.2, 0.3})
	one("pixels", o, b, s, want, 1, 0.9)

	// DETR: the last class is none of an object for most boxes.
	o, b, s = pair(false, true, []float32{0.25, 0.2, 0.75, 0.6, 0, 0, 0.1, 0.1, 0, 0, 0.2, 0.2}, []float32{1, 3, 2, 0, 0, 5, 0, 1, 6})
	one("logits with no object", o, b, s, want, 1, math.Exp(3)/(math.Exp(1)+math.Exp(3)+math.Exp(2)))
	if d, _ := o.Detections(b, s, 200, 100); d.Background != 2 || !d.Softmax {
		t.Errorf("no object is class %d", d.Background)
	}
	// The same where all logits are below zero: each is of its own.
	o, b, s = pair(false, true, []float32{0.25, 0.2, 0.75, 0.6, 0, 0, 0.1, 0.1}, []float32{-4, -1, -5, -4})
	one("logits one by one", o, b, s, want, 1, 1/(1+math.E))
}

// TestPick: the largest overlap, then the score; boxes of hostile numbers are none.
func TestPick(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	o, b, s := pair(false, false, []float32{
		0.1, 0.1, 0.3, 0.3,
		0.5, 0.5, 0.9, 0.9,
		0.5, 0.5, 0.9, 0.9,
		nan, 0, 1, 1,
		0, 0, inf, 1,
		0.2, 0.2, 0.8, 0.8,
	}, []float32{0.3, 0.5, 0.6, 0.99, 0.99, nan})
	d, err := o.Detections(b, s, 10, 10)
	if err != nil || len(d.Boxes) != 3 {
		t.Fatalf("%d boxes, %v", len(d.Boxes), err)
	}
	for _, c := range []struct {
		wanted *grad.Box
		anchor int
	}{
		{&grad.Box{X0: 0.1, Y0: 0.1, X1: 0.3, Y1: 0.3}, 0},
		{nil, 2},
		{&grad.Box{X0: 0.1, Y0: 0.1, X1: 0.35, Y1: 0.3}, 0},
		{&grad.Box{X0: 0.5, Y0: 0.5, X1: 0.8, Y1: 0.9}, 2},
	} {
		if f, err := d.Pick(c.wanted); err != nil || f.Anchor != c.anchor {
			t.Errorf("%v: box %d, %v; want %d", c.wanted, f.Anchor, err, c.anchor)
		}
	}
	if _, err := d.Pick(&grad.Box{X0: 0.92, Y0: 0, X1: 1, Y1: 0.05}); err == nil {
		t.Error("a box that nothing touches is found")
	}
	for i := range b.Data {
		b.Data[i] = nan
	}
	if _, err := o.Detections(b, s, 10, 10); err == nil || !strings.Contains(err.Error(), "none of the model's 6 boxes") {
		t.Errorf("boxes of NaN alone: %v", err)
	}
	if _, err := o.Detections(tensor.New(1, 2), s, 10, 10); err == nil {
		t.Error("boxes of another shape are read")
	}
}

func TestShares(t *testing.T) {
	o := grad.Outputs{Kind: grad.Segmented, Classes: 2, Height: 1, Width: 4}
	logits := []float32{1, 1, 0, 0, 0, 0, 1, 3}
	if got := o.Shares(logits, nil); got[0] != 0.5 || got[1] != 0.5 {
		t.Error(got)
	}
	if got := o.Shares(logits, []float32{0, 0.5, 0.5, 1}); got[0] != 0.25 || got[1] != 0.75 {
		t.Error(got)
	}
	o.Last = true
	if got := o.Shares([]float32{1, 0, 1, 0, 0, 1, 0, 3}, nil); got[0] != 0.5 {
		t.Error(got)
	}
	o = grad.Outputs{Classes: 1, Height: 2, Width: 2}
	if got := o.Shares([]float32{1, -1, 2, -3}, nil); got[0] != 0.5 {
		t.Error(got)
	}
}
