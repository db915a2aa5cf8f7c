package task

import (
	"image"

	"seewhy/models/prep"
)

// ModelInfo is what can be said of a model before anything runs.
type ModelInfo struct {
	Ref     ModelRef `json:"ref"`
	Title   string   `json:"title"`
	License string   `json:"license,omitempty"`
	// About is a sentence or two from the sidecar or the metadata.
	About    string `json:"about,omitempty"`
	Producer string `json:"producer,omitempty"`
	IR       int64  `json:"ir"`
	Opset    int64  `json:"opset"`
	Nodes    int    `json:"nodes"`
	// Parameters counts the elements of all weights.
	Parameters int64        `json:"parameters"`
	Input      TensorInfo   `json:"input"`
	Outputs    []TensorInfo `json:"outputs"`
	Layout     prep.Layout  `json:"layout"`
	// InputSize is the size the model is run at.
	InputSize prep.Size `json:"inputSize"`
	// DynamicBatch says that several samples can run at once; as far as the
	// graph tells, until the first time they do.
	DynamicBatch bool `json:"dynamicBatch"`
	// OneByOne says why they cannot; empty where they can.
	OneByOne string `json:"oneByOne,omitempty"`
	// Logits and Probabilities name the outputs (or inner values) of that
	// meaning; either may be empty.
	Logits        string `json:"logits,omitempty"`
	Probabilities string `json:"probabilities,omitempty"`
	Classes       int    `json:"classes"`
	// MultiLabel says that classes are scored one by one (Sigmoid), not as shares
	// of one Softmax.
	MultiLabel bool `json:"multiLabel,omitempty"`
	// Output is what the model answers with; empty where that is not read.
	Output     Output    `json:"output,omitempty"`
	Labels     []string  `json:"labels,omitempty"`
	LabelsFrom string    `json:"labelsFrom,omitempty"`
	Preprocess prep.Spec `json:"preprocess"`
	// PreprocessFrom says where the preprocessing was found, in words; it is
	// empty where it was guessed, and the window then asks.
	PreprocessFrom string `json:"preprocessFrom,omitempty"`
	// Layers are the values a map can be made at, in graph order.
	Layers []Layer `json:"layers"`
	// Attentions are the matrices of attention between places, in graph order.
	Attentions []Attention `json:"attentions,omitempty"`
	// Natural indexes Layers: the layer that Auto picks; -1 where there is none.
	Natural  int      `json:"natural"`
	Coverage Coverage `json:"coverage"`
	// Methods tells for each registered method whether it can run on this model.
	Methods []MethodInfo `json:"methods"`
	Notes   []Note       `json:"notes,omitempty"`
}

// AnySize says that the file leaves rows and columns of the input open, so that
// Task.Size may be another one than InputSize.
func (m ModelInfo) AnySize() bool {
	dims := m.Input.Shape
	switch {
	case len(dims) != 4:
		return false
	case m.Layout == prep.NHWC:
		return dims[1] < 1 && dims[2] < 1
	}
	return dims[2] < 1 && dims[3] < 1
}

// TensorInfo is an input or output; a dimension of -1 is dynamic.
type TensorInfo struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Shape []int  `json:"shape"`
}

// Layer is a graph value under a name that people know.
type Layer struct {
	// Value is the graph's name for the tensor; unique.
	Value string `json:"value"`
	// Name is short, for people: the producing node or scope.
	Name string `json:"name"`
	Op   string `json:"op"`
	// Shape is for one sample, without the batch dimension.
	Shape []int `json:"shape"`
	// Kind is "spatial" (rows and columns are axes), "tokens" (they are folded
	// into one, or into windows) or "vector".
	Kind string `json:"kind"`
	// Grid is where a map can be made: nil for a vector.
	Grid *Grid `json:"grid,omitempty"`
	// Candidate marks the natural choices: ends of blocks and the last spatial activation.
	Candidate bool `json:"candidate,omitempty"`
	// NoGradient, when not empty, names why no gradient reaches this layer.
	NoGradient string `json:"noGradient,omitempty"`
}

// Grid is the layer's places over the picture: Height x Width, between Prefix
// and Suffix tokens that are none (class and register tokens).
type Grid struct {
	Prefix int `json:"prefix,omitempty"`
	Height int `json:"height"`
	Width  int `json:"width"`
	Suffix int `json:"suffix,omitempty"`
}

// Attention is a layer of attention: in each of Windows, each of Heads has a
// matrix of Queries x Keys.
type Attention struct {
	Value   string `json:"value"`
	Name    string `json:"name"`
	Heads   int    `json:"heads"`
	Windows int    `json:"windows"`
	Queries int    `json:"queries"`
	Keys    int    `json:"keys"`
	// ClassToken says that the answer is read from a token that is no place.
	ClassToken bool `json:"classToken,omitempty"`
}

// Mappable says that a map can be made at the layer.
func (l Layer) Mappable() bool { return l.Kind == "spatial" || l.Kind == "tokens" }

// Coverage says how much of the path from the input to the score has a
// gradient rule.
type Coverage struct {
	Nodes   int `json:"nodes"`
	Covered int `json:"covered"`
	// Missing lists ops without a rule, with the nodes that use them.
	Missing []MissingOp `json:"missing,omitempty"`
}

// MissingOp is an op that lacks a rule.
type MissingOp struct {
	Op    string   `json:"op"`
	Nodes []string `json:"nodes"`
}

// Percent is 100 where every node on the path has a rule, 0 where there is no path.
func (c Coverage) Percent() float64 {
	if c.Nodes == 0 {
		return 0
	}
	return 100 * float64(c.Covered) / float64(c.Nodes)
}

// MethodInfo is a method as a list shows it.
type MethodInfo struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Family string `json:"family"`
	// Summary is one sentence; Paper the source.
	Summary    string `json:"summary"`
	Paper      string `json:"paper"`
	NeedsLayer bool   `json:"needsLayer"`
	// Joins says that Task.Layers may name several layers; Sweeps that the maps
	// of all layers can be had from one pass (Engine.Sweep).
	Joins  bool `json:"joins,omitempty"`
	Sweeps bool `json:"sweeps,omitempty"`
	// ClassScores says that it hands a class score down to the picture, and so
	// explains no other target (see target.Target.Derived).
	ClassScores bool `json:"classScores,omitempty"`
	// Params are what a user can set, from the method's table entry.
	Params []Param `json:"params,omitempty"`
	// Presets are named choices of the parameters, the reference's first.
	Presets []MethodPreset `json:"presets,omitempty"`
	// Seeded says that it draws random numbers, from Task.Seed.
	Seeded bool `json:"seeded,omitempty"`
	// Why is empty where the method can run on the model at hand, else the reason in words.
	Why string `json:"why,omitempty"`
}

// ImageInfo is a picture that has been opened.
type ImageInfo struct {
	Ref    ImageRef `json:"ref"`
	Format string   `json:"format"`
	// Picture is upright, 8-bit, at most the engine's display bound on its
	// longer side. It must not be changed.
	Picture image.Image `json:"-"`
	// Truth is known for pictures of the gallery.
	Truth string `json:"truth,omitempty"`
	Notes []Note `json:"notes,omitempty"`
}

// Prediction is a plain forward pass.
type Prediction struct {
	// Scores holds every class in the order of the outputs.
	Scores []Score `json:"scores"`
	// Order holds class indices, most probable first.
	Order []int `json:"order"`
	// Seen is what the model saw: the input turned back into a picture.
	Seen   image.Image `json:"-"`
	Region prep.Region `json:"region"`
	// At is the box or region that the scores are of (see Task.At).
	At []Shape `json:"at,omitempty"`
	// Boxes are those that a detector is sure of, best first; where the scores are
	// of none of them, of which At tells, that box stands at the end.
	Boxes []FoundBox `json:"boxes,omitempty"`
}

// DeviceInfo is an execution provider and whether it works here.
type DeviceInfo struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Works bool   `json:"works"`
	// Why says in words what is missing where it does not work.
	Why string `json:"why,omitempty"`
	// TF32 says that Task.TF32 means something on it.
	TF32 bool `json:"tf32,omitempty"`
	// Half says so of Task.Half.
	Half bool `json:"float16,omitempty"`
	// Chosen says that it is what Auto stands for here, Slow that it works but
	// no faster than the CPU, as a graphics interface in software does.
	Chosen bool `json:"chosen,omitempty"`
	Slow   bool `json:"slow,omitempty"`
	// Memory is where its values lie; only of a device that works.
	Memory *Memory `json:"memory,omitempty"`
}

// KnownModel is a model that can be opened by name.
type KnownModel struct {
	// Ref is what OpenModel takes: "builtin:NAME", "catalogue:NAME" or a path.
	Ref     string `json:"ref"`
	Title   string `json:"title"`
	About   string `json:"about,omitempty"`
	License string `json:"license,omitempty"`
	Bytes   int64  `json:"bytes"`
	// Source is "builtin", "recent" or "catalogue".
	Source string `json:"source"`
	// Here says that it needs no download.
	Here bool `json:"here"`
}

// GalleryItem is a picture that comes with the program.
type GalleryItem struct {
	// Ref is what OpenImage takes: "gallery:NAME".
	Ref   string `json:"ref"`
	Title string `json:"title"`
	Truth string `json:"truth"`
}

// Choices are a user's own settings for one model, remembered by its hash;
// nil or empty leaves what was found.
type Choices struct {
	Preprocess *prep.Spec `json:"preprocess,omitempty"`
	Labels     []string   `json:"labels,omitempty"`
	LabelsFrom string     `json:"labelsFrom,omitempty"`
	// Exactly says that these are all choices there are: what is left out, or
	// is what the model's files tell, is forgotten.
	Exactly bool `json:"exactly,omitempty"`
}

// Preset is a named preprocessing that a user can pick.
type Preset struct {
	ID    string    `json:"id"`
	Title string    `json:"title"`
	Spec  prep.Spec `json:"spec"`
}
