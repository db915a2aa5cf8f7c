// Package method holds the explainers, one a file, in a registry.
//
//	m, err := method.ByID("gradcam")
//	a, err := m.Explain(ctx, session, request, progress)
//
// A method sees a model only through Session; it knows nothing of ONNX, of
// devices or of batching limits.
package method

import (
	"context"
	"fmt"
	"image"
	"maps"
	"math"
	"slices"
	"strings"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// Families, in the order that lists show them.
const (
	FamilyCAM      = "Class activation maps"
	FamilyGradient = "Gradients"
	// FamilyPerturbation asks the model about changed pictures; it needs no gradient.
	FamilyPerturbation = "Perturbation"
)

// Needs says what a method asks of a model; the engine answers before the
// user picks.
type Needs struct {
	// Layer: one spatial layer is chosen.
	Layer bool
	// Several: the method lives on several layers; where none is chosen it gets
	// the last of each resolution.
	Several bool
	// LayerGradient: a gradient must reach the layer; InputGradient: the input.
	LayerGradient bool
	InputGradient bool
	// Curvature: the gradient at the layer must have a gradient itself. Biases:
	// there must be layers that add a constant to their channels.
	Curvature bool
	Biases    bool
	// Attention: the model has matrices of attention between places of the
	// picture; AttentionGradient: a gradient must reach them.
	Attention         bool
	AttentionGradient bool
	// Composite, where not zero: its rules must be able to carry the score back
	// to the input.
	Composite Composite
}

// Param is one number that a user can set. Forms, flags and docs are made from it.
type Param = task.Param

// Spec describes a method.
type Spec struct {
	// ID is lower-case and never changes: it is stored in reports.
	ID, Title, Family string
	// Summary is one sentence in plain words; Paper is authors, year, section.
	Summary, Paper string
	Needs          Needs
	// Seeded methods draw random numbers (some only for certain parameters):
	// the same seed gives the same map, bit for bit on one device.
	Seeded bool
	Params []Param
	// Joins says that several layers may be chosen: the map is one of them all.
	Joins bool
	// Presets are named choices of Params, the reference's first; see presets.
	Presets []task.MethodPreset
}

// Method is a registered explainer.
type Method struct {
	Spec
	Explain func(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error)
	// OfLayer, where not nil, says that the method is a function of one layer;
	// Register makes Explain of it.
	OfLayer OfLayer
	// conventions, beside the paper's, are choices of the parameter that Register
	// makes of them.
	conventions []convention
}

// Request is one explanation of one sample.
type Request struct {
	// Input has shape [1, ...] in the model's layout.
	Input tensor.Tensor
	// Layout of Input's dimensions: "NCHW" or "NHWC".
	Layout string
	// Score is the scalar that is explained.
	Score Score
	// Layer is the value's name for methods that need one.
	Layer string
	// Layers are all the layers that a method with Spec.Joins makes one map of,
	// Layer first; empty means Layer alone.
	Layers []string
	Params Params
	Seed   uint64
	// Seen is Input as a picture of 8 bits, which segmentations read; nil where
	// it could not be made.
	Seen image.Image
	// Partial, where not nil, takes the attribution as far as it is known, a few
	// times a second and never two at once.
	Partial func(Attribution)
	// Keep, when closed, ends the sampling: the method returns what is there.
	// nil never closes.
	Keep <-chan struct{}
	// Attentions are the model's matrices of attention, in graph order; methods
	// that need them find at least one.
	Attentions []Attention
	// Black and White are what a black and a white pixel become in Input, one
	// number a channel; empty where the preprocessing is not known.
	Black, White []float64
}

// Score is the explained scalar as a linear functional of one tensor of the
// model: sum of Weights times the value named Value (logits or probabilities).
type Score struct {
	Value   string
	Weights map[int]float64
}

// Of evaluates the functional on one row of scores, in the order of the
// classes: sums of more than two terms would else change with the map's order.
func (s Score) Of(row []float32) float64 {
	var sum float64
	for _, class := range slices.Sorted(maps.Keys(s.Weights)) {
		sum += s.Weights[class] * float64(row[class])
	}
	return sum
}

// Params are resolved parameters: every one of the Spec is present.
type Params map[string]float64

// Session is the model as a method sees it. Batches of any size may be
// passed; the session splits them to fit its memory and stops early when ctx
// ends.
type Session interface {
	// Run returns the explained scalar for each sample of x [N, ...].
	Run(ctx context.Context, x tensor.Tensor, score Score) ([]float64, error)
	// Gradient returns, for each sample, the scalar and the values and
	// gradients that q asks for.
	Gradient(ctx context.Context, x tensor.Tensor, score Score, q GradientQuery) (Gradients, error)
	// Several answers some queries about one sample [1, ...] as Gradient would,
	// from one forward pass where memory allows it.
	Several(ctx context.Context, x tensor.Tensor, score Score, queries []GradientQuery) ([]Gradients, error)
	// Activations returns the values of layers for each sample of x, channels
	// first: [N, C, H, W]. It needs no gradient.
	Activations(ctx context.Context, x tensor.Tensor, layers []string) (map[string]tensor.Tensor, error)
	Streamer
	Curver
}

// GradientQuery says what a gradient pass gives back.
type GradientQuery struct {
	// Input asks for dScore/dInput.
	Input bool
	// Layers asks for the activation and dScore/dActivation of each.
	Layers []string
	// NoValues leaves out the activations: A of each layer is absent.
	NoValues bool
	// Scores, where not empty, are one for each sample, all of one Value, in
	// place of the score that is the same for all.
	Scores []Score
	// Shortcut, where not zero, asks for the score of a model that goes straight
	// from one value to a later one of the same shape.
	Shortcut Shortcut
	// Composite changes the rules of the way back (see composite.go); the zero
	// one is the gradient. One that compares takes the samples, then as many that
	// they are compared with; Scores are then those of all, the rest the samples'.
	Composite Composite
	// Weights, where not nil, are one for each sample, and ask for the sum of the
	// input's gradients, each times its own, in place of them all: Gradients.Input
	// then has any number of rows, which add up to it. Nothing else may be asked
	// for beside it. Only a Summer gains by it.
	Weights []float64
}

// Shortcut names two values of one shape: what reads To reads From.
type Shortcut struct{ From, To string }

// Of is the score of sample i: score, where the query has none of its own for it.
func (q GradientQuery) Of(score Score, i int) Score {
	if len(q.Scores) > 0 {
		return q.Scores[i]
	}
	return score
}

// Gradients is the answer, each tensor with the batch first.
type Gradients struct {
	Scores []float64
	Input  tensor.Tensor
	Layers map[string]LayerGradient
}

// LayerGradient holds an activation A and G = dScore/dA of the same shape,
// channels first: [N, C, H, W].
type LayerGradient struct{ A, G tensor.Tensor }

// Attribution is a method's answer: sign and units kept.
type Attribution struct {
	Map task.Map
	// Error is the standard error of each of Map's values; nil where it is not known.
	Error *task.Map
	// Segments and Surrogate are those of the methods that ask by segments.
	Segments  *task.Segments
	Surrogate *task.Surrogate
	// Concepts are all of those that Map shows one of.
	Concepts []task.Concept
	// Params are parameters that took another value than was asked, such as the
	// number of samples of a run that was stopped: with them in its place the
	// task gives this very map.
	Params map[string]float64
	Notes  []task.Note
	// Facts are numbers that the method measured on the way.
	Facts []task.Fact
}

var registry []Method

// Register adds a method; a duplicate ID is a programming error.
func Register(m Method) {
	if _, err := ByID(m.ID); err == nil {
		panic("method: duplicate id " + m.ID)
	}
	if len(m.conventions) > 0 {
		m.Params = append(slices.Clip(m.Params), conventionParam(m.conventions))
	}
	if m.OfLayer != nil {
		m.Explain, m.Joins = m.overLayers, true
	}
	registry = append(registry, m)
	slices.SortFunc(registry, func(a, b Method) int {
		if a.Family != b.Family {
			return strings.Compare(a.Family, b.Family)
		}
		return strings.Compare(a.ID, b.ID)
	})
}

// All lists the methods by family, then ID.
func All() []Method { return slices.Clone(registry) }

// ByID finds a method; the error lists what there is.
func ByID(id string) (Method, error) {
	names := make([]string, len(registry))
	for i, m := range registry {
		if m.ID == id {
			return m, nil
		}
		names[i] = m.ID
	}
	return Method{}, fmt.Errorf("method %q is unknown; there are: %s", id, strings.Join(names, ", "))
}

// Resolve fills in defaults and checks names and ranges.
func (s Spec) Resolve(given map[string]float64) (Params, error) {
	out := Params{}
	for _, p := range s.Params {
		out[p.ID] = p.Default
	}
	for id, v := range given {
		i := slices.IndexFunc(s.Params, func(p Param) bool { return p.ID == id })
		if i < 0 {
			return nil, fmt.Errorf("method %s has no parameter %q", s.ID, id)
		}
		p := s.Params[i]
		if !(v >= p.Min && v <= p.Max) {
			return nil, fmt.Errorf("method %s: %s is %v, outside %v..%v", s.ID, id, v, p.Min, p.Max)
		}
		// A step of 1 is a count or a choice: a fraction would be cut off unseen.
		if p.Step == 1 && v != math.Trunc(v) {
			return nil, fmt.Errorf("method %s: %s is %v; it takes whole numbers", s.ID, id, v)
		}
		out[id] = v
	}
	return out, nil
}
