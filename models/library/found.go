package library

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"seewhy/models/prep"
)

// Found is what is known of a model besides its graph. Spec, Layout, Width
// and Height are always set by Discover; the rest may be empty.
type Found struct {
	Title   string
	License string
	About   string
	Source  string
	// Spec is the preprocessing; SpecFrom says in words where it was found and
	// is empty where it was guessed from the input's shape.
	Spec     *prep.Spec
	SpecFrom string
	// Labels holds one name a class, in the order of the outputs.
	Labels     []string
	LabelsFrom string
	// InputName, LogitsName and ProbabilitiesName name graph values, where a
	// sidecar says so.
	InputName         string
	LogitsName        string
	ProbabilitiesName string
	Layout            prep.Layout
	// Width and Height are the input size in pixels that the model is run at;
	// SizeAssumed says that nothing tells either of them.
	Width, Height int
	SizeAssumed   bool
	// Card holds the sidecar's facts about training and accuracy, as JSON.
	Card json.RawMessage
}

// Discover gathers what the files beside modelPath and the ONNX metadata say.
// inputShape is the picture input's (-1 where dynamic), classes the number of
// outputs, 0 where unknown. Found is usable whatever the errors, each of which
// names a file and a field that was left out.
//
// For each fact the first source that has it wins: NAME.json,
// NAME.labels.txt, Hugging Face (preprocessor_config.json, config.json), timm
// (config.json), imagenet_class_index.json, labels.txt, synset_words.txt,
// synset.txt, the ONNX metadata, and at last a guess from the shapes.
func Discover(modelPath string, meta map[string]string, inputShape []int, classes int) (Found, []error) {
	d := discovery{classes: classes}
	d.shape(inputShape)
	dir, name := filepath.Dir(modelPath), strings.TrimSuffix(filepath.Base(modelPath), filepath.Ext(modelPath))
	d.read(filepath.Join(dir, name+".json"), func(file string, data []byte) error {
		s, ok, err := ParseSidecar(file, data)
		if ok {
			s.into(&d.Found, file)
			d.checkOwn(file)
		}
		return err
	})
	d.read(filepath.Join(dir, name+".labels.txt"), d.labelsText)
	folders := []string{dir}
	// Hugging Face keeps graphs in a folder "onnx" below the configuration.
	if filepath.Base(dir) == "onnx" {
		folders = append(folders, filepath.Dir(dir))
	}
	for _, folder := range folders {
		d.folder(folder)
	}
	d.metadata(meta)
	d.guess()
	if d.Title == "" {
		d.Title = clean(name, maxLabel)
	}
	return d.Found, d.problems
}

// discovery is a Found in the making.
type discovery struct {
	Found
	problems []error
	classes  int
	channels int
	// graphWidth and graphHeight are what the graph fixes; 0 where dynamic.
	graphWidth, graphHeight int
	graphLayout             prep.Layout
}

func (d *discovery) problem(err error) {
	if err != nil {
		d.problems = append(d.problems, err)
	}
}

// read hands a file that exists to use.
func (d *discovery) read(path string, use func(file string, data []byte) error) {
	data, ok, err := readSmall(path)
	d.problem(err)
	if ok {
		d.problem(use(filepath.Base(path), data))
	}
}

// folder looks at the files that count for all models of a folder.
func (d *discovery) folder(dir string) {
	d.read(filepath.Join(dir, "preprocessor_config.json"), d.preprocessorConfig)
	d.read(filepath.Join(dir, "config.json"), d.config)
	d.read(filepath.Join(dir, "imagenet_class_index.json"), d.classIndex)
	for _, name := range []string{"labels.txt", "synset_words.txt", "synset.txt"} {
		d.read(filepath.Join(dir, name), d.labelsText)
	}
}

// shape reads layout, channels and size off the input: the dimension of 1, 3
// or 4 beside the batch is the channels.
func (d *discovery) shape(shape []int) {
	d.graphLayout = prep.NCHW
	if len(shape) != 4 {
		return
	}
	channels := func(n int) bool { return n == 1 || n == 3 }
	first, last := shape[1], shape[3]
	if channels(last) && !channels(first) {
		d.graphLayout = prep.NHWC
		d.channels, d.graphHeight, d.graphWidth = last, shape[1], shape[2]
	} else {
		d.channels, d.graphHeight, d.graphWidth = first, shape[2], shape[3]
	}
	fixed := func(n int) int {
		if n < 1 || n > maxSide {
			return 0
		}
		return n
	}
	d.graphWidth, d.graphHeight = fixed(d.graphWidth), fixed(d.graphHeight)
}

// checkOwn drops what a file named for the model says against the graph.
func (d *discovery) checkOwn(file string) {
	if n := len(d.Labels); n > 0 && d.classes > 0 && n != d.classes {
		d.problem(fmt.Errorf("%s: field \"labels\" has %d names for a model of %d classes; they are left out", file, n, d.classes))
		d.Labels, d.LabelsFrom = nil, ""
	}
	if d.Spec != nil && (d.channels == 1 || d.channels == 3) && d.Spec.Channels.Count() != d.channels {
		d.problem(fmt.Errorf("%s: field \"preprocess.channels\" is %s for an input of %d channels; it is left out", file, d.Spec.Channels, d.channels))
		d.Spec, d.SpecFrom = nil, ""
	}
}

// setSpec takes a spec that a file of the folder or the metadata declares,
// where none was found before. Its errors name what it does not fit.
func (d *discovery) setSpec(s prep.Spec, from string) error {
	if d.Spec != nil {
		return nil
	}
	if err := s.Check(); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	if (d.channels == 1 || d.channels == 3) && s.Channels.Count() != d.channels {
		return fmt.Errorf("%s: preprocessing for %d channels, while the model takes %d; it is left out", from, s.Channels.Count(), d.channels)
	}
	d.Spec, d.SpecFrom = &s, from
	return nil
}

// size is the input size as far as it is known; 0 where it is not.
func (d *discovery) size() prep.Size {
	w, h := d.graphWidth, d.graphHeight
	if w == 0 {
		w = d.Width
	}
	if h == 0 {
		h = d.Height
	}
	return prep.Size{Width: w, Height: h}
}

// guess fills what nothing declared, by the shapes alone.
func (d *discovery) guess() {
	if d.Layout == "" {
		d.Layout = d.graphLayout
	}
	n := d.size()
	if d.Spec != nil {
		out := outputSize(*d.Spec)
		if n.Width == 0 {
			n.Width = out.Width
		}
		if n.Height == 0 {
			n.Height = out.Height
		}
	}
	// A dynamic size of which nothing is known: what most classifiers take.
	fallback := 224
	if d.channels == 1 {
		fallback = 28
	}
	d.SizeAssumed = n.Width == 0 && n.Height == 0
	if n.Width == 0 {
		n.Width = fallback
	}
	if n.Height == 0 {
		n.Height = fallback
	}
	d.Width, d.Height = n.Width, n.Height
	if d.Spec == nil {
		d.Spec = guessSpec(d.channels, n)
	}
	d.Labels, d.LabelsFrom = assumedLabels(d.Labels, d.LabelsFrom, d.classes)
}

// outputSize is the size that a spec makes of every picture, or 0 x 0 where
// it depends on the picture.
func outputSize(s prep.Spec) prep.Size {
	switch {
	case s.Crop != prep.Size{}:
		return s.Crop
	case s.Resize.Mode == prep.ResizeSquash, s.Resize.Mode == prep.ResizePad:
		return prep.Size{Width: s.Resize.Width, Height: s.Resize.Height}
	}
	return prep.Size{}
}

// guessSpec: three channels of a photograph's size are taken for ImageNet's,
// one channel of a digit's size for MNIST's, the rest for 0..1.
func guessSpec(channels int, n prep.Size) *prep.Spec {
	id := "unit"
	switch {
	case channels == 1 && n.Width <= 32 && n.Height <= 32:
		id = "grey-bytes"
	case channels == 1:
		id = "grey-unit"
	case n.Width == n.Height && n.Width >= 160:
		id = "imagenet-torchvision"
	}
	p, _ := prep.PresetByID(id)
	s := p.Spec(n)
	return &s
}
