package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"seewhy/analysis/task"
	"seewhy/models/grad"
	"seewhy/models/library"
	"seewhy/models/onnx"
	"seewhy/models/prep"
	"seewhy/models/runtime"
)

// model is an opened model with what was learnt about it.
type model struct {
	info     task.ModelInfo
	file     *onnx.Model
	found    library.Found
	channels int
	prepared *grad.Prepared
	scores   grad.Scores
	// noScores says why the model cannot be explained; nil if it can.
	noScores error
	// outputs says how the model is read if it is no classifier, raw is the graph
	// without a reading.
	outputs  *grad.Outputs
	raw      *grad.Prepared
	sessions *sessions
	// together says whether samples may run together, once that was tried.
	together *together
	tokens   tokens
	// sizes are the model's forms at other input sizes.
	sizes *sizes
}

// OpenModel reads "builtin:NAME", "catalogue:NAME" (once fetched) or a file,
// and tells all that can be told before anything runs. The model stays open,
// known by its hash.
func (e *Engine) OpenModel(ctx context.Context, ref string, p task.Progress) (task.ModelInfo, error) {
	p.Report(0, "Reading the model")
	file, found, hash, err := e.read(ctx, ref)
	if err != nil {
		return task.ModelInfo{}, err
	}
	if err := ctx.Err(); err != nil {
		return task.ModelInfo{}, err
	}
	m := &model{file: file, found: found, sessions: newSessions(e.builds, buildBytes(file)), together: newTogether(), sizes: newSizes()}
	m.info.Ref = task.ModelRef{Name: baseName(ref), Path: ref, SHA256: hash}
	p.Report(0.3, "Reading the graph")
	if err := e.analyse(ctx, m, ref); err != nil {
		return task.ModelInfo{}, fmt.Errorf("%s: %w", m.info.Ref.Name, err)
	}
	if err := ctx.Err(); err != nil {
		return task.ModelInfo{}, err
	}
	e.recall(m)
	e.keep(m)
	if e.options.Memory.Dir != "" && !strings.Contains(ref, ":") {
		if path, err := filepath.Abs(ref); err == nil {
			// Forgetting a recent model is no reason to fail.
			_ = e.options.Memory.AddRecent(path)
		}
	}
	p.Report(1, "Ready")
	return m.info, nil
}

// keep makes m the open model of its hash. Sessions of an older opening serve
// on: their keys name the input's shape, which alone may have changed.
func (e *Engine) keep(m *model) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if old := e.models[m.info.Ref.SHA256]; old != nil {
		m.sessions = old.sessions
		if slices.Equal(old.shape(), m.shape()) {
			m.adopt(old)
		}
	}
	e.models[m.info.Ref.SHA256] = m
}

func baseName(ref string) string {
	for _, prefix := range []string{builtinPrefix, cataloguePrefix, galleryPrefix} {
		if name, ok := strings.CutPrefix(ref, prefix); ok {
			return name
		}
	}
	return filepath.Base(ref)
}

func (e *Engine) read(ctx context.Context, ref string) (*onnx.Model, library.Found, string, error) {
	if name, ok := strings.CutPrefix(ref, builtinPrefix); ok {
		data, found, err := library.OpenBuiltin(name)
		if err != nil {
			return nil, found, "", err
		}
		m, err := onnx.Read(data)
		return m, found, library.Hash(data), err
	}
	path := ref
	if name, ok := strings.CutPrefix(ref, cataloguePrefix); ok {
		item, err := library.CatalogueItem(name)
		if err != nil {
			return nil, library.Found{}, "", err
		}
		path = item.Path(e.options.ModelsDir)
		if _, err := os.Stat(path); err != nil {
			return nil, library.Found{}, "", fmt.Errorf("%s is not here yet; \"seewhy models get %s\" downloads it (%d MB)", item.Title, name, item.Bytes>>20)
		}
	}
	m, err := onnx.ReadFile(path)
	if err != nil {
		return nil, library.Found{}, "", err
	}
	hash, err := library.HashFile(path)
	if err == nil && m.External {
		hash, err = hashWeights(ctx, hash, m)
	}
	return m, library.Found{}, hash, err
}

// hashWeights names a model whose weights lie in other files: by its file and
// every weight.
func hashWeights(ctx context.Context, file string, m *onnx.Model) (string, error) {
	h := sha256.New()
	io.WriteString(h, file)
	tensors := []*onnx.Tensor{}
	for _, name := range slices.Sorted(maps.Keys(m.Graph.Init)) {
		tensors = append(tensors, m.Graph.Init[name])
	}
	for _, t := range append(tensors, m.Buried...) {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		fmt.Fprintf(h, "\x00%s\x00%d\x00%v\x00", t.Name, t.Type, t.Dims)
		h.Write(t.Raw)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// analyse fills in everything that the file and what lies beside it tell.
func (e *Engine) analyse(ctx context.Context, m *model, ref string) error {
	input, err := pictureInput(m.file.Graph)
	if err != nil {
		return err
	}
	dims := input.Dims()
	builtin := m.found.Spec != nil
	m.discover(ref, dims, 0, builtin)
	layout := m.found.Layout
	if layout == "" {
		layout = guessLayout(dims)
	}
	size := prep.Size{Width: m.found.Width, Height: m.found.Height}
	shape, err := e.prepareFor(m, input.Name, layout, size)
	tried := err != nil && m.found.SizeAssumed
	if tried {
		if shape, err = e.findSize(ctx, m, input.Name, layout, err); err == nil {
			dims = shape // from here on nothing else is assumed
		}
	}
	if err != nil {
		return err
	}
	m.discover(ref, dims, m.scores.Classes, builtin)
	if tried {
		m.sizeFound(size, shape, layout)
	}
	m.suit(shape, layout)
	m.pixels()
	m.describe(layout, shape)
	m.explainable()
	return nil
}

// shape readies a model at an input size and describes it.
func (e *Engine) shape(m *model, input string, layout prep.Layout, size prep.Size) error {
	shape, err := e.prepareFor(m, input, layout, size)
	if err != nil {
		return err
	}
	m.describe(layout, shape)
	m.explainable()
	return nil
}

// prepareFor readies the graph at an input size, for what the file leaves open,
// and returns the input's shape.
func (e *Engine) prepareFor(m *model, input string, layout prep.Layout, size prep.Size) ([]int, error) {
	var dims []int
	for _, v := range m.file.Graph.FreeInputs() {
		if v.Name == input {
			dims = v.Dims()
		}
	}
	shape, channels := inputShape(dims, layout, size)
	m.channels = channels
	shape, err := m.prepare(input, shape, oracle{e.lib})
	if err != nil {
		return nil, err
	}
	if m.noScores == nil {
		if m.prepared, m.scores, err = grad.WithProbabilities(m.prepared, m.scores); err != nil {
			return nil, err
		}
	}
	return shape, nil
}

// discover asks the files beside a model; a builtin knows already.
func (m *model) discover(ref string, dims []int, classes int, builtin bool) {
	if builtin {
		return
	}
	var problems []error
	m.found, problems = library.Discover(ref, m.file.Metadata, dims, classes)
	m.info.Notes = nil
	for _, p := range problems {
		m.info.Notes = append(m.info.Notes, task.Note{Warning: true, Key: "%s", Args: []any{p.Error()}})
	}
}

// pictureInput finds the one input that takes a picture.
func pictureInput(g *onnx.Graph) (onnx.Value, error) {
	free := g.FreeInputs()
	var seen []string
	var picture *onnx.Value
	for _, v := range free {
		seen = append(seen, fmt.Sprintf("%q %s %v", v.Name, v.Type, v.Dims()))
		if len(v.Shape) == 4 && picture == nil {
			picture = &v
		}
	}
	switch list := strings.Join(seen, ", "); {
	case picture == nil:
		return onnx.Value{}, fmt.Errorf("no input is a picture of four dimensions (inputs: %s)", list)
	case len(free) > 1:
		return *picture, fmt.Errorf("the model has %d inputs (%s); models with one picture as their only input can be explained: export the part that takes the picture, with the others as constants", len(free), list)
	}
	return *picture, nil
}

func guessLayout(dims []int) prep.Layout {
	channel := func(d int) bool { return d == 1 || d == 3 }
	if !channel(dims[1]) && channel(dims[3]) {
		return prep.NHWC
	}
	return prep.NCHW
}

// inputShape fixes what the file leaves open, except for the batch.
func inputShape(dims []int, layout prep.Layout, size prep.Size) (shape []int, channels int) {
	shape = slices.Clone(dims)
	h, w, c := 2, 3, 1
	if layout == prep.NHWC {
		h, w, c = 1, 2, 3
	}
	for axis, want := range map[int]int{h: size.Height, w: size.Width, c: 3} {
		if shape[axis] < 1 {
			shape[axis] = want
		}
	}
	return shape, shape[c]
}

// describe fills in the facts that need no running.
func (m *model) describe(layout prep.Layout, shape []int) {
	f, i := m.file, &m.info
	i.Title, i.License, i.About = m.found.Title, m.found.License, m.found.About
	if i.Title == "" {
		i.Title = strings.TrimSuffix(i.Ref.Name, filepath.Ext(i.Ref.Name))
	}
	i.Producer = strings.TrimSpace(f.Producer + " " + f.ProducerVersion)
	i.IR, i.Opset, i.Nodes = f.IR, f.Opset(), len(f.Graph.Nodes)
	i.Parameters = 0
	for _, t := range f.Graph.Init {
		if t.Type != onnx.Int64 {
			i.Parameters += int64(t.Len())
		}
	}
	for _, v := range f.Graph.FreeInputs() {
		if v.Name == m.prepared.Input {
			i.Input = task.TensorInfo{Name: v.Name, Type: v.Type.String(), Shape: v.Dims()}
		}
	}
	i.Outputs = nil
	for _, v := range f.Graph.Outputs {
		i.Outputs = append(i.Outputs, task.TensorInfo{Name: v.Name, Type: v.Type.String(), Shape: m.prepared.Facts.Shapes[v.Name]})
	}
	i.Layout = layout
	m.foretell()
	i.InputSize = prep.Size{Width: shape[3], Height: shape[2]}
	if layout == prep.NHWC {
		i.InputSize = prep.Size{Width: shape[2], Height: shape[1]}
	}
	i.Logits, i.Probabilities, i.Classes, i.Output = m.scores.Logits, m.scores.Probabilities, m.scores.Classes, m.answers()
	i.MultiLabel = m.scores.Sigmoid
	i.Preprocess, i.PreprocessFrom = *m.found.Spec, m.found.SpecFrom
	i.Labels, i.LabelsFrom = m.found.Labels, m.found.LabelsFrom
	switch {
	case m.prepared.Widened && slices.ContainsFunc(slices.Collect(maps.Values(f.Graph.Init)), func(t *onnx.Tensor) bool { return t.Type == onnx.Float64 }), i.Input.Type == onnx.Float64.String():
		i.Notes = append(i.Notes, task.Note{Key: "The file computes in float64; it is run as float32."})
	case m.prepared.Widened:
		i.Notes = append(i.Notes, task.Note{Key: "The weights are of half precision; they are run as float32."})
	}
	if m.prepared.Whole {
		i.Notes = append(i.Notes, task.Note{Key: "The file takes whole numbers; the picture is given as float32, unrounded, so that it has a gradient."})
	}
	if names := aside(m.prepared.Model); len(names) > 0 {
		i.Notes = append(i.Notes, task.Note{
			Key:  "ONNX Runtime may crash on parts of this model (%s): it runs in a process of its own, which takes somewhat longer.",
			Args: []any{strings.Join(names, ", ")},
		})
	}
	if m.noScores != nil {
		i.Notes = append(i.Notes, task.Note{Warning: true, Key: "%s", Args: []any{m.noScores.Error()}})
	}
}

// aside names the operators for which a model runs in a process of its own. Its
// weights have no part in that.
func aside(f *onnx.Model) []string {
	bare := f.Shallow()
	bare.Graph.Init = nil
	data, err := onnx.Marshal(bare)
	if err != nil {
		return nil
	}
	names, err := runtime.Unproven(data)
	if err != nil {
		return nil
	}
	return names
}

// recall applies what the user chose for this model before.
func (e *Engine) recall(m *model) {
	if e.options.Memory.Dir == "" {
		return
	}
	c, ok, err := e.options.Memory.Load(m.info.Ref.SHA256)
	if err != nil {
		m.info.Notes = append(m.info.Notes, task.Note{Warning: true, Key: "%s", Args: []any{err.Error()}})
	}
	if ok {
		m.choose(task.Choices{Preprocess: c.Preprocess, Labels: c.Labels, LabelsFrom: c.LabelsFrom})
	}
}

func (m *model) choose(c task.Choices) {
	if c.Preprocess != nil {
		m.info.Preprocess, m.info.PreprocessFrom = *c.Preprocess, "your choice"
	}
	if len(c.Labels) > 0 {
		m.info.Labels, m.info.LabelsFrom = c.Labels, c.LabelsFrom
	}
}

// chooseExactly takes all choices back, and gives those that are more than what
// the model's files tell.
func (m *model) chooseExactly(c task.Choices) task.Choices {
	m.info.Preprocess, m.info.PreprocessFrom = *m.found.Spec, m.found.SpecFrom
	m.info.Labels, m.info.LabelsFrom = m.found.Labels, m.found.LabelsFrom
	if c.Preprocess != nil && reflect.DeepEqual(*c.Preprocess, *m.found.Spec) {
		c.Preprocess = nil
	}
	if slices.Equal(c.Labels, m.found.Labels) {
		c.Labels = nil
	}
	return c
}

// Configure sets preprocessing or labels for an open model and remembers them
// by its hash.
func (e *Engine) Configure(_ context.Context, modelSHA256 string, c task.Choices) (task.ModelInfo, error) {
	m := e.opened(modelSHA256)
	if m == nil {
		return task.ModelInfo{}, errNotOpen
	}
	if c.Preprocess != nil {
		if err := c.Preprocess.Check(); err != nil {
			return task.ModelInfo{}, err
		}
	}
	if n := len(c.Labels); n > 0 && n != m.info.Classes {
		return task.ModelInfo{}, fmt.Errorf("%d labels for %d classes: the file belongs to another model", n, m.info.Classes)
	}
	next := *m
	if c.Exactly {
		c = next.chooseExactly(c)
	}
	next.choose(c)
	e.mutex.Lock()
	e.models[modelSHA256] = &next
	e.mutex.Unlock()
	if e.options.Memory.Dir == "" {
		return next.info, nil
	}
	var remembered library.Choices
	if !c.Exactly {
		remembered, _, _ = e.options.Memory.Load(modelSHA256)
	}
	if c.Preprocess != nil {
		remembered.Preprocess = c.Preprocess
	}
	if len(c.Labels) > 0 {
		remembered.Labels, remembered.LabelsFrom = c.Labels, c.LabelsFrom
	}
	if err := e.options.Memory.Save(modelSHA256, remembered); err != nil {
		return next.info, fmt.Errorf("the choice holds for now but could not be remembered: %w", err)
	}
	return next.info, nil
}

var errNotOpen = errors.New("the model is not open: open it first")

// model finds the model that a task names, opening it by its path if needed.
func (e *Engine) model(ctx context.Context, ref task.ModelRef) (*model, error) {
	if m := e.opened(ref.SHA256); m != nil {
		return m, nil
	}
	if ref.Path == "" {
		return nil, errNotOpen
	}
	info, err := e.OpenModel(ctx, ref.Path, nil)
	if err != nil {
		return nil, err
	}
	if ref.SHA256 != "" && info.Ref.SHA256 != ref.SHA256 {
		return nil, fmt.Errorf("%s has changed since the task was made: its SHA-256 is %s, not %s", info.Ref.Name, info.Ref.SHA256, ref.SHA256)
	}
	return e.opened(info.Ref.SHA256), nil
}
