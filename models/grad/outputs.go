package grad

import (
	"fmt"
	"slices"
	"strings"

	"seewhy/models/onnx"
)

// OutputKind is what a model that is no classifier answers with.
type OutputKind string

// The kinds that have a reading.
const (
	// Segmented is a map of scores for each class: [N, C, H, W].
	Segmented OutputKind = "segmentation"
	// Detected is a list of boxes, each with a score for each class.
	Detected OutputKind = "detection"
)

// BoxForm is how a detector's outputs hold boxes and scores.
type BoxForm string

// The forms of boxes that are read.
const (
	// Columns is Ultralytics' [N, 4+C, P]: centre and size in input pixels, scores.
	Columns BoxForm = "columns"
	// Rows is YOLOv5's [N, P, 5+C]: centre and size in input pixels, objectness, scores.
	Rows BoxForm = "rows"
	// Pair is two outputs, [N, P, 4] and [N, P, C]: SSD, DETR.
	Pair BoxForm = "pair"
	// Cells is FastestDet's [N, 5+C, H, W]: objectness, offsets and sizes, scores.
	Cells BoxForm = "cells"
)

// MaxOutput bounds the elements of the outputs that are read.
const MaxOutput = 1 << 26

// Outputs says how the outputs of a model that is no classifier are read.
type Outputs struct {
	Kind    OutputKind
	Classes int
	// Map is a segmentation's logits, Height x Width of them for each class;
	// Last says that classes are its last dimension.
	Map           string
	Height, Width int
	Last          bool
	// Form, Boxes and Scores are a detector's; Boxes and Scores may be the same
	// output. Anchors is the number of its boxes.
	Form          BoxForm
	Boxes, Scores string
	Anchors       int
	// Beside is how many columns of Columns belong to no class and stand behind
	// them: coefficients of masks, keypoints, an angle.
	Beside int
	// Logits is the value before the last Sigmoid or Softmax of a detector's
	// scores, empty where it was not found. Anchor is its dimension of anchors.
	Logits string
	Anchor int
	// Softmax says that the scores of a box are of one Softmax, Sigmoid that each
	// is of its own; neither is known where the graph ends in logits.
	Softmax, Sigmoid bool
}

// Recognise finds out what the outputs of a model that is no classifier mean.
func Recognise(p *Prepared) (Outputs, error) {
	g, f := p.Model.Graph, p.Facts
	var seen []string
	for _, v := range g.Outputs {
		seen = append(seen, fmt.Sprintf("%q %v", v.Name, f.Shapes[v.Name]))
	}
	list := strings.Join(seen, ", ")
	for _, find := range []func(*Prepared, map[string]*onnx.Node, string) (Outputs, error){findPair, findList, findCells, findMap} {
		o, err := find(p, g.Producers(), list)
		if err != nil {
			return o, err
		}
		if o.Kind == "" {
			continue
		}
		if o.Classes < 1 {
			return o, fmt.Errorf("the outputs hold boxes without a class (outputs: %s)", list)
		}
		// One by one, since their product may be beyond what an int holds.
		n := 1
		sides := []int{o.Classes, o.Anchors}
		if o.Kind == Segmented || o.Form == Cells {
			sides = []int{o.Classes, o.Height, o.Width}
		}
		for _, d := range sides {
			if n *= min(max(d, 1), MaxOutput+1); n > MaxOutput {
				return o, fmt.Errorf("the outputs hold more than %d scores", MaxOutput)
			}
		}
		return o, nil
	}
	return Outputs{}, fmt.Errorf("no output is read (outputs: %s); SeeWhy reads class scores [N, C], segmentations [N, C, H, W], and boxes with scores as YOLO, SSD, DETR and FastestDet give them", list)
}

func (p *Prepared) floats(name string, rank int) []int {
	s := p.Facts.Shapes[name]
	if len(s) != rank || p.Facts.Types[name] != onnx.Float32 || slices.Min(s[1:]) < 1 {
		return nil
	}
	return s
}

// findPair looks for boxes [N, P, 4] and scores [N, P, C].
func findPair(p *Prepared, made map[string]*onnx.Node, seen string) (Outputs, error) {
	var lists []string
	for _, v := range p.Model.Graph.Outputs {
		if p.floats(v.Name, 3) != nil {
			lists = append(lists, v.Name)
		}
	}
	shape := func(v string) []int { return p.Facts.Shapes[v] }
	boxed := func(v string) bool {
		n := strings.ToLower(v)
		return strings.Contains(n, "box") || strings.Contains(n, "loc")
	}
	// A name that speaks of boxes goes first, for detectors of four classes.
	slices.SortStableFunc(lists, func(a, b string) int { return count(boxed(b)) - count(boxed(a)) })
	parts := slices.DeleteFunc(slices.Clone(lists), func(v string) bool { return !boxed(v) || shape(v)[2] != 4 })
	if len(parts) > 1 {
		return Outputs{}, fmt.Errorf("the boxes are in several outputs, not decoded: export the model with one list of them (outputs: %s)", seen)
	}
	for _, b := range lists {
		if shape(b)[2] != 4 {
			continue
		}
		for _, s := range lists {
			if s == b || shape(s)[1] != shape(b)[1] {
				continue
			}
			o := Outputs{Kind: Detected, Form: Pair, Boxes: b, Scores: s, Anchors: shape(b)[1], Classes: shape(s)[2], Anchor: 1}
			o.behind(p, made, s)
			return o, nil
		}
	}
	return Outputs{}, nil
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// behind looks for what the last Sigmoid or Softmax of a value was made of.
func (o *Outputs) behind(p *Prepared, made map[string]*onnx.Node, value string) {
	n := made[value]
	for n != nil && n.Domain == "" && n.Op == "Identity" {
		n = made[n.Input(0)]
	}
	if n == nil || n.Domain != "" {
		if o.Form == Pair {
			o.Logits = value
		}
		return
	}
	switch {
	case n.Op == "Softmax":
		o.Softmax = true
	case n.Op == "Sigmoid":
		o.Sigmoid = true
	case n.Op == "Reshape" && made[n.Input(0)] != nil && made[n.Input(0)].Op == "Softmax":
		// An older Softmax is raised to one between two Reshapes.
		o.Softmax = true
		if r := made[made[n.Input(0)].In[0]]; r != nil && (r.Op == "Reshape" || r.Op == "Flatten") && slices.Equal(p.Facts.Shapes[r.In[0]], p.Facts.Shapes[value]) {
			o.Logits = r.In[0]
		}
		return
	default:
		if o.Form == Pair {
			o.Logits = value
		}
		return
	}
	if slices.Equal(p.Facts.Shapes[n.Input(0)], p.Facts.Shapes[value]) {
		o.Logits = n.Input(0)
	}
}

// findList looks for one list of boxes with their scores.
func findList(p *Prepared, made map[string]*onnx.Node, seen string) (Outputs, error) {
	for _, v := range p.Model.Graph.Outputs {
		s := p.floats(v.Name, 3)
		if s == nil {
			continue
		}
		a, b := s[1], s[2]
		switch {
		case a <= b && a >= 5:
			o := Outputs{Kind: Detected, Form: Columns, Boxes: v.Name, Scores: v.Name, Anchors: b, Classes: a - 4, Anchor: 2, Sigmoid: true}
			if scores := scoreColumns(p, made, v.Name); scores != "" {
				n := p.floats(scores, 3)[1]
				o.Classes, o.Beside = n, o.Classes-n
				o.behind(p, made, scores)
			}
			return o, nil
		case b == 6 && a <= 1000:
			return Outputs{}, fmt.Errorf("output %q looks like finished boxes, of which only one class is left: export the model without NMS (outputs: %s)", v.Name, seen)
		case b < a && b >= 6:
			return Outputs{Kind: Detected, Form: Rows, Boxes: v.Name, Scores: v.Name, Anchors: a, Classes: b - 5, Anchor: 1, Sigmoid: true}, nil
		}
	}
	return Outputs{}, nil
}

// scoreColumns is the part of Ultralytics' joined columns that has the class
// scores: a Sigmoid's, behind the four of the box.
func scoreColumns(p *Prepared, made map[string]*onnx.Node, value string) string {
	at := 0
	var found string
	var walk func(v string) bool // false ends it
	walk = func(v string) bool {
		s, n := p.floats(v, 3), made[v]
		if s == nil {
			return false
		}
		if n != nil && n.Domain == "" && n.Op == "Concat" && at+s[1] > 4 {
			if ax, err := axis(n.AttrInt("axis", 0), 3); err != nil || ax != 1 {
				return false
			}
			return !slices.ContainsFunc(n.In, func(in string) bool { return !walk(in) })
		}
		if at == 4 && n != nil && n.Domain == "" && n.Op == "Sigmoid" {
			found = v
			return false
		}
		at += s[1]
		return at <= 4
	}
	walk(value)
	return found
}

// findCells looks for FastestDet's output: one channel of objectness, four of
// the box, and the classes' joined.
func findCells(p *Prepared, made map[string]*onnx.Node, _ string) (Outputs, error) {
	for _, v := range p.Model.Graph.Outputs {
		s, n := p.floats(v.Name, 4), made[v.Name]
		if s == nil || n == nil || n.Op != "Concat" || n.Domain != "" || len(n.In) != 3 || n.AttrInt("axis", 0) != 1 {
			continue
		}
		channels := func(i int) int {
			if s := p.floats(n.In[i], 4); s != nil {
				return s[1]
			}
			return 0
		}
		if channels(0) == 1 && channels(1) == 4 {
			return Outputs{
				Kind: Detected, Form: Cells, Boxes: v.Name, Scores: v.Name, Classes: channels(2), Anchors: s[2] * s[3],
				Height: s[2], Width: s[3], Sigmoid: true,
			}, nil
		}
	}
	return Outputs{}, nil
}

// findMap looks for a segmentation: its logits, where the graph ends in a
// Softmax, a Sigmoid or an ArgMax, are what that is made of.
func findMap(p *Prepared, made map[string]*onnx.Node, _ string) (Outputs, error) {
	last := false
	if in := p.Facts.Shapes[p.Input]; len(in) == 4 && in[3] <= 4 && in[1] > 4 {
		last = true
	}
	for _, v := range p.Model.Graph.Outputs {
		at := v.Name
		for range 16 {
			n := made[at]
			if n == nil || n.Domain != "" || !slices.Contains([]string{"Identity", "Cast", "Squeeze", "Softmax", "Sigmoid", "LogSoftmax", "ArgMax"}, n.Op) {
				break
			}
			at = n.Input(0)
		}
		s := p.floats(at, 4)
		if s == nil {
			continue
		}
		o := Outputs{Kind: Segmented, Map: at, Classes: s[1], Height: s[2], Width: s[3]}
		if last && s[3] < min(s[1], s[2]) {
			o.Last, o.Classes, o.Height, o.Width = true, s[3], s[1], s[2]
		}
		if o.Height > 1 && o.Width > 1 {
			return o, nil
		}
	}
	return Outputs{}, nil
}
