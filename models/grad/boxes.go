package grad

import (
	"fmt"
	"math"
	"slices"

	"seewhy/models/tensor"
)

// Box is an upright rectangle on the input, in fractions of its sides.
type Box struct{ X0, Y0, X1, Y1 float64 }

// Clipped is the part of the box on the input.
func (b Box) Clipped() Box {
	in := func(v float64) float64 { return min(max(v, 0), 1) }
	return Box{in(b.X0), in(b.Y0), in(b.X1), in(b.Y1)}
}

func (b Box) area() float64 { return max(b.X1-b.X0, 0) * max(b.Y1-b.Y0, 0) }

// IoU is the intersection of two boxes over their union, 0 where either is empty.
func (b Box) IoU(c Box) float64 {
	both := Box{max(b.X0, c.X0), max(b.Y0, c.Y0), min(b.X1, c.X1), min(b.Y1, c.Y1)}.area()
	if b.area() == 0 || c.area() == 0 {
		return 0
	}
	return both / (b.area() + c.area() - both)
}

// Found is one box of a detector on one picture.
type Found struct {
	Anchor int
	Box    Box
	// Class is the best one that is an object, Score its probability as the
	// detector defines it.
	Class int
	Score float64
	// Overlap is the IoU with the box that was asked for.
	Overlap float64
}

// Detections are the boxes of one picture.
type Detections struct {
	Boxes []Found
	// Softmax says that a box's scores are of one Softmax; Background is the class
	// of no object, -1 where there is none.
	Softmax    bool
	Background int
}

// Detections reads the boxes from a detector's outputs for one sample, an input
// of width x height pixels; boxes and scores may be the same tensor. Boxes that
// are no rectangles, and those with a score that is no number, are left out.
//
// Of Pair, three things are told by the numbers: boxes are corners where nearly
// all have the second corner behind the first, else centre and size; they are in
// pixels where most have a number above 4, else in fractions; and scores that end
// in logits are of a Softmax where the first or the last class is the best of
// most boxes, with a logit above 0: that is then the class of no object.
func (o Outputs) Detections(boxes, scores tensor.Tensor, width, height int) (Detections, error) {
	d := Detections{Background: -1, Softmax: o.Softmax}
	each := o.reads(boxes, scores)
	if each == nil {
		return d, fmt.Errorf("the outputs have the shapes %v and %v for %d boxes of %d classes", boxes.Shape, scores.Shape, o.Anchors, o.Classes)
	}
	if o.Form == Pair {
		d.background(o, scores.Data)
	}
	decode := o.decoder(boxes.Data, width, height)
	row := make([]float64, o.Classes)
	for a := range o.Anchors {
		each(a, row)
		if o.Form == Pair && !o.Softmax && !o.Sigmoid && o.Logits == o.Scores {
			activate(row, d.Softmax)
		}
		f := Found{Anchor: a, Box: decode(a), Class: -1}
		b := f.Box
		if !(b.X1 > b.X0 && b.Y1 > b.Y0) || math.IsInf(b.X0+b.Y0+b.X1+b.Y1, 0) || b.Clipped().area() == 0 {
			continue
		}
		for c, v := range row {
			if math.IsNaN(v) {
				f.Class = -1
				break
			}
			if c != d.Background && (f.Class < 0 || v > f.Score) {
				f.Class, f.Score = c, v
			}
		}
		if f.Class >= 0 {
			d.Boxes = append(d.Boxes, f)
		}
	}
	if len(d.Boxes) == 0 {
		return d, fmt.Errorf("none of the model's %d boxes lies on the picture: its preprocessing or its weights are wrong", o.Anchors)
	}
	return d, nil
}

// Pick is the box with the largest IoU with the wanted one, both clipped to the
// input; of several as large, the most confident. Without a wanted one it is the
// most confident of all. Ties go to the first.
func (d Detections) Pick(wanted *Box) (Found, error) {
	best, found := Found{Anchor: -1}, false
	for _, f := range d.Boxes {
		if wanted != nil {
			f.Overlap = f.Box.Clipped().IoU(wanted.Clipped())
		}
		nearer := f.Overlap > best.Overlap+1e-9
		as := f.Overlap >= best.Overlap-1e-9
		if !found || nearer || as && f.Score > best.Score {
			best, found = f, true
		}
	}
	if !found || wanted != nil && best.Overlap == 0 {
		return Found{}, fmt.Errorf("no box of the model touches the one that was asked for")
	}
	return best, nil
}

// background finds the class of no object.
func (d *Detections) background(o Outputs, scores []float32) {
	if o.Sigmoid || o.Classes < 2 {
		return
	}
	best := make([]int, o.Classes)
	for a := range o.Anchors {
		row := scores[a*o.Classes : (a+1)*o.Classes]
		top := slices.Max(row)
		if i := slices.Index(row, top); i >= 0 && (o.Softmax || top > 0) {
			best[i]++
		}
	}
	for _, c := range []int{0, o.Classes - 1} {
		if 2*best[c] > o.Anchors {
			d.Background, d.Softmax = c, true
			return
		}
	}
}

// activate makes probabilities of logits.
func activate(row []float64, softmax bool) {
	top, sum := slices.Max(row), 0.0
	for i, v := range row {
		if !softmax {
			row[i] = 1 / (1 + math.Exp(-v))
			continue
		}
		row[i] = math.Exp(v - top)
		sum += row[i]
	}
	if softmax {
		for i := range row {
			row[i] /= sum
		}
	}
}

// reads gives the scores of a box as the detector defines them (logits, where its
// graph ends in them), nil where the shapes do not fit.
func (o Outputs) reads(boxes, scores tensor.Tensor) func(a int, row []float64) {
	s, n, p := scores.Data, o.Classes, o.Anchors
	want := map[BoxForm]int{Columns: (4 + n + o.Beside) * p, Rows: (5 + n) * p, Cells: (5 + n) * p, Pair: n * p}[o.Form]
	if len(s) != want || len(boxes.Data) != map[bool]int{true: 4 * p, false: want}[o.Form == Pair] {
		return nil
	}
	return func(a int, row []float64) {
		for c := range row {
			switch o.Form {
			case Columns:
				row[c] = float64(s[(4+c)*p+a])
			case Rows:
				row[c] = float64(s[a*(5+n)+4]) * float64(s[a*(5+n)+5+c])
			case Cells:
				row[c] = math.Pow(float64(s[a]), cellObject) * math.Pow(float64(s[(5+c)*p+a]), cellClass)
			default:
				row[c] = float64(s[a*n+c])
			}
		}
	}
}

// decoder gives the boxes in fractions of the input.
func (o Outputs) decoder(v []float32, width, height int) func(a int) Box {
	w, h, p := float64(width), float64(height), o.Anchors
	around := func(x, y, bw, bh float64) Box { return Box{x - bw/2, y - bh/2, x + bw/2, y + bh/2} }
	switch o.Form {
	case Columns:
		at := func(k, a int) float64 { return float64(v[k*p+a]) }
		return func(a int) Box { return around(at(0, a)/w, at(1, a)/h, at(2, a)/w, at(3, a)/h) }
	case Rows:
		at := func(k, a int) float64 { return float64(v[a*(5+o.Classes)+k]) }
		return func(a int) Box { return around(at(0, a)/w, at(1, a)/h, at(2, a)/w, at(3, a)/h) }
	case Cells:
		at := func(k, a int) float64 { return float64(v[(1+k)*p+a]) }
		sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
		return func(a int) Box {
			x, y := float64(a%o.Width)+math.Tanh(at(0, a)), float64(a/o.Width)+math.Tanh(at(1, a))
			return around(x/float64(o.Width), y/float64(o.Height), sigmoid(at(2, a)), sigmoid(at(3, a)))
		}
	}
	ordered, far, finite := 0, 0, 0
	for a := range p {
		if slices.ContainsFunc(v[4*a:4*a+4], func(x float32) bool { return x-x != 0 }) {
			continue
		}
		finite++
		if v[4*a+2] >= v[4*a] && v[4*a+3] >= v[4*a+1] {
			ordered++
		}
		if slices.ContainsFunc(v[4*a:4*a+4], func(x float32) bool { return x > 4 }) {
			far++
		}
	}
	if 2*far <= finite {
		w, h = 1, 1
	}
	corners := 20*ordered >= 19*finite
	return func(a int) Box {
		x, y, z, t := float64(v[4*a])/w, float64(v[4*a+1])/h, float64(v[4*a+2])/w, float64(v[4*a+3])/h
		if corners {
			return Box{x, y, z, t}
		}
		return around(x, y, z, t)
	}
}
