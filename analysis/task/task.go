// Package task holds the one description of work that the window, the
// command line, a session file, an archive row and a report's provenance
// share: a Task decides a Result.
//
//	t := task.Task{Schema: task.Schema, Model: m.Ref, Image: img.Ref, Method: "gradcam"}
//	result, err := engine.Explain(ctx, t, nil)
package task

import (
	"strconv"
	"strings"
	"time"

	"seewhy/models/prep"
)

// Schema is the version of Task's JSON form.
const Schema = 1

// Auto is the value of Layer, and of Target.Class as AutoClass, that leaves
// the choice to the engine.
const (
	Auto      = "auto"
	AutoClass = -1
)

// MaxLayers bounds the layers of one task.
const MaxLayers = 64

// Task is everything that decides a map. Equal tasks give equal results on
// the same device.
type Task struct {
	Schema int      `json:"schema"`
	Model  ModelRef `json:"model"`
	Image  ImageRef `json:"image"`
	// Edits hide parts of the picture before the model sees it.
	Edits      []Edit    `json:"edits,omitempty"`
	Preprocess prep.Spec `json:"preprocess"`
	Target     Target    `json:"target"`
	// Layer names a graph value (see Layer.Value) or is Auto. Methods that
	// need no layer ignore it.
	Layer string `json:"layer,omitempty"`
	// Layers, where not empty, are several layers that make one map together,
	// for methods that say so (MethodInfo.Joins); Layer is then the first of
	// them, or empty. A result's task has them only where there are more than one.
	Layers []string `json:"layers,omitempty"`
	// Method is a registry ID such as "gradcam".
	Method string `json:"method"`
	// Params are the method's parameters by ID; those left out take their default.
	Params map[string]float64 `json:"params,omitempty"`
	Seed   uint64             `json:"seed,omitempty"`
	// Device is an ID such as "cpu" or "cuda", or Auto.
	Device string `json:"device,omitempty"`
	// Batch is how many samples run at once; 0 leaves it to be measured. A
	// result's task has the number that was used, so that the same task gives
	// the same bits.
	Batch int `json:"batch,omitempty"`
	// TF32 allows an NVIDIA device to round the factors of products to 10 bits:
	// faster, and right to 1e-3. A result's task has it only where it made a difference.
	TF32 bool `json:"tf32,omitempty"`
	// Half computes products, and what lies between them, in float16 on a device
	// that has units for it: faster, scores right to 1e-3, gradients to a few hundredths. A result's
	// task has it only where it made a difference.
	Half bool `json:"float16,omitempty"`
	// Size runs a model that takes pictures of any size at another one than its
	// own; zero is its own. A Preprocess that aims at the model's own is scaled.
	Size prep.Size `json:"size,omitzero"`
	// At is what a model that is no classifier is asked about: the region of a
	// segmentation, empty for all of the picture; the box of a detector, that which
	// encloses the shapes, empty for the most confident one. A result's task has
	// the detector's own box.
	At []Shape `json:"at,omitempty"`
	// Like is the picture that a model of embeddings compares with: the score is
	// the cosine similarity of the two outputs.
	Like *ImageRef `json:"like,omitempty"`
}

// ModelRef names a model by content; Name and Path are for people.
type ModelRef struct {
	Name   string `json:"name"`
	Path   string `json:"path,omitempty"`
	SHA256 string `json:"sha256"`
}

// BuiltinPrefix begins the paths of models inside the program.
const BuiltinPrefix = "builtin:"

// Builtin says that a model came with the program: it, and its classes, have
// names in each language.
func (r ModelRef) Builtin() bool { return strings.HasPrefix(r.Path, BuiltinPrefix) }

// ImageRef names a picture by content; Width and Height are of the upright picture.
type ImageRef struct {
	Name   string `json:"name"`
	Path   string `json:"path,omitempty"`
	SHA256 string `json:"sha256"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// GalleryPrefix begins the paths of pictures inside the program.
const GalleryPrefix = "gallery:"

// Title is the picture's name for people. Pictures inside the program have names
// in English, which tr says in another language; a file's name stays what it is.
func (r ImageRef) Title(tr func(key string) string) string {
	if strings.HasPrefix(r.Path, GalleryPrefix) {
		return tr(r.Name)
	}
	return r.Name
}

// TargetKind is the scalar that is explained; analysis/target has the table.
type TargetKind string

const (
	// Logit is the class's raw score; where the model ends in Softmax, the
	// Softmax's input.
	Logit TargetKind = "logit"
	// Probability is the class's probability.
	Probability TargetKind = "probability"
	// Margin is score(Class) - score(Rather): why this rather than that.
	Margin TargetKind = "margin"
)

// Target picks the explained scalar.
type Target struct {
	Kind TargetKind `json:"kind"`
	// Class is an index into the outputs, or AutoClass for the argmax.
	Class int `json:"class"`
	// Rather is the second class of a Margin, or AutoClass for the strongest other.
	Rather int `json:"rather,omitempty"`
	// Param is the number that some targets take (see target.Target.Param); 0 is
	// its default.
	Param float64 `json:"param,omitempty"`
}

// Result is what Explain gives back.
type Result struct {
	// Task is the task as it was resolved: no Auto left in it.
	Task Task `json:"task"`
	Map  Map  `json:"map"`
	// Error is the standard error of each of the map's values, for methods that
	// sample; nil where it is not known.
	Error *Map `json:"error,omitempty"`
	// Segments and Surrogate are those of the methods that ask by segments.
	Segments  *Segments  `json:"segments,omitempty"`
	Surrogate *Surrogate `json:"surrogate,omitempty"`
	// Concepts are all that a factorisation found, of which Map shows one.
	Concepts []Concept `json:"concepts,omitempty"`
	// Region is where in the source picture the map lies.
	Region prep.Region `json:"region"`
	// Top holds the most probable classes, best first (at least the target's).
	Top []Score `json:"top"`
	// Before holds, for a task with edits, the scores of Top's classes without
	// them, in Top's order; Top then has the class that was the most probable.
	Before []Score `json:"before,omitempty"`
	// Regions are the named parts of the picture that Shares were counted in, one
	// for each.
	Regions []Region      `json:"regions,omitempty"`
	Shares  []RegionShare `json:"shares,omitempty"`
	// Target is the explained class with its scores; Value is the scalar explained.
	Target Score   `json:"target"`
	Value  float64 `json:"value"`
	// Notes are plain words for the person about this result, most important first.
	Notes []Note `json:"notes,omitempty"`
	// Facts are numbers that the method measured on the way.
	Facts []Fact `json:"facts,omitempty"`
	// Forward and Total are the times of one plain forward pass (0 if none was
	// run apart) and of the whole task.
	Forward time.Duration `json:"forward,omitempty"`
	Total   time.Duration `json:"total"`
	// Device is the execution provider that did the work.
	Device  string    `json:"device"`
	Version string    `json:"version"`
	Time    time.Time `json:"time"`
}

// Map is a raw attribution: signed, in units of the target, row-major, at the
// resolution of the method (a layer's grid for CAM, the input's for saliency).
type Map struct {
	Width  int       `json:"width"`
	Height int       `json:"height"`
	Values []float32 `json:"values"`
	// Quantity says in words what the values are, where they are no relevance in
	// units of the target: "Activation".
	Quantity string `json:"quantity,omitempty"`
	// Signed says that negative values carry meaning (a diverging colour map
	// suits); else the map is shown from zero up.
	Signed bool `json:"signed"`
	// ClampNegative says that display drops negative values first (the ReLU of Grad-CAM).
	ClampNegative bool `json:"clampNegative,omitempty"`
}

// Score is one class's answer.
type Score struct {
	Class       int     `json:"class"`
	Label       string  `json:"label"`
	Logit       float64 `json:"logit"`
	Probability float64 `json:"probability"`
}

// Unnamed is the label of a class whose name is not known. What shows it may say
// it in another language.
func Unnamed(class int) string { return unnamed + strconv.Itoa(class) }

const unnamed = "class "

// UnnamedClass is the class that Unnamed made a label of.
func UnnamedClass(label string) (class int, ok bool) {
	number, ok := strings.CutPrefix(label, unnamed)
	class, err := strconv.Atoi(number)
	return class, ok && err == nil
}

// Note is a remark in words. Key is the English format string and the key of
// its translation; Args are its arguments.
type Note struct {
	Warning bool   `json:"warning,omitempty"`
	Key     string `json:"key"`
	Args    []any  `json:"args,omitempty"`
}

// Fact is a number about a result, such as a completeness gap. ID is
// lower-case and never changes; the method's documentation defines it.
type Fact struct {
	ID    string  `json:"id"`
	Value float64 `json:"value"`
}

// Progress reports work done so far in 0..1 and what is being done; it must
// return fast and may be called from any goroutine. A nil Progress is allowed
// everywhere.
type Progress func(done float64, what string)

// Report calls p if there is one.
func (p Progress) Report(done float64, what string) {
	if p != nil {
		p(done, what)
	}
}
