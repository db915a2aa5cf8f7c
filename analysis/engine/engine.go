// Package engine is what the window and the command line both call: it opens
// models and pictures, runs them, and explains.
//
//	e, err := engine.New(engine.Options{})
//	m, err := e.OpenModel(ctx, "resnet50.onnx", nil)
//	i, err := e.OpenImage(ctx, "cat.jpg")
//	r, err := e.Explain(ctx, task.Task{Model: m.Ref, Image: i.Ref, Method: "gradcam", ...}, nil)
//
// Every call blocks, ends soon after its context does, and is safe from many
// goroutines; callers choose concurrency.
package engine

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"seewhy/analysis/task"
	"seewhy/assets/gallery"
	"seewhy/models/grad"
	"seewhy/models/library"
	"seewhy/models/prep"
	"seewhy/models/runtime"
)

// Options of an engine; the zero value suits.
type Options struct {
	// Library is the path of the ONNX Runtime library; empty looks for it.
	Library string
	// Version is the program's, for reports.
	Version string
	// Threads inside an operator on the CPU; 0 is the number of cores.
	Threads int
	// MemoryBudget bounds the bytes that the values of one run take, by an
	// estimate; 0 is half of what is free.
	MemoryBudget int64
	// Memory keeps the user's choices a model; the zero value keeps none.
	Memory library.Memory
	// ModelsDir holds fetched models; empty means the user's data folder.
	ModelsDir string
	// SessionsDir is where optimised gradient sessions are kept for the next
	// start (see runtime.Cache); empty keeps none.
	SessionsDir string
}

// Engine holds what is open. Close frees it.
type Engine struct {
	options  Options
	lib      *runtime.Library
	mutex    sync.Mutex
	models   map[string]*model
	pictures *recent[*image.RGBA]
	batching *batchSizes
	ladder   *ladder
	// limit is the budget of one run in bytes, 0 where it is measured.
	limit atomic.Int64
	// inputs are pictures made ready for models, easels those that are edited.
	inputs *recent[prepared]
	easels *recent[*easel]
	// answers are rows of scores by what gave them, so that picking another
	// class, layer or method runs no forward pass again.
	answers *recent[[]float32]
	// superpixels of the pictures that were divided last.
	superpixels *recent[task.Segments]
	// forms are models read as a task wants them, decoded their boxes on pictures.
	forms   *recent[*model]
	decoded *recent[grad.Detections]
	// counted are the shares of segmentations' regions.
	counted  *recent[[]float64]
	failures *failures
	// best is the device that Auto stands for; tests set another.
	best   func(context.Context) string
	builds *gate
	// noKernels are the models, by hash, whose gradients are built without
	// kernels of our own.
	noKernels sync.Map
	// cache holds sessions on disk, nil where none are kept; stamp tells this
	// build of the program.
	cache *runtime.Cache
	stamp string
}

// New loads the runtime library. The error says where it was looked for.
func New(o Options) (*Engine, error) {
	path, err := runtime.Find(o.Library)
	if err != nil {
		return nil, err
	}
	lib, err := runtime.Open(path)
	if err != nil {
		return nil, err
	}
	if o.ModelsDir == "" {
		o.ModelsDir = library.ModelsDir()
	}
	e := &Engine{options: o, lib: lib, models: map[string]*model{}, pictures: newRecent[*image.RGBA](pictureBudget), inputs: newRecent[prepared](inputBudget), easels: newRecent[*easel](easelBudget), batching: newBatchSizes(), ladder: newLadder()}
	e.answers, e.superpixels = newRecent[[]float32](keptAnswers), newRecent[task.Segments](keptSuperpixels)
	e.forms, e.decoded = newRecent[*model](keptForms), newRecent[grad.Detections](keptBoxes)
	e.counted = newRecent[[]float64](keptAnswers)
	e.best = func(ctx context.Context) string { return lib.Best(ctx).ID }
	e.failures, e.builds = newFailures(), newGate(func() int64 { return e.budget(runtime.CPU) })
	e.SetBudget(o.MemoryBudget)
	if o.SessionsDir != "" {
		e.cache, e.stamp = &runtime.Cache{Dir: o.SessionsDir, Limit: runtime.CacheLimit}, programStamp(o.Version)
	}
	return e, nil
}

// Close ends all sessions; running calls finish first.
func (e *Engine) Close() {
	e.mutex.Lock()
	open := e.models
	e.models = map[string]*model{}
	e.mutex.Unlock()
	for _, m := range open {
		m.sessions.close()
	}
	e.cache.Wait()
}

// Version is the program's version.
func (e *Engine) Version() string { return e.options.Version }

// Runtime is the version of ONNX Runtime and where its library lies.
func (e *Engine) Runtime() (version, path string) { return e.lib.Version(), e.lib.Path() }

// device resolves Auto to the best provider that works.
func (e *Engine) device(ctx context.Context, id string) string {
	if id == "" || id == task.Auto {
		return e.best(ctx)
	}
	return id
}

// KnownModels lists the models inside the program, those opened lately, and
// the catalogue.
func (e *Engine) KnownModels() []task.KnownModel {
	var out []task.KnownModel
	for _, b := range library.Builtins() {
		out = append(out, task.KnownModel{Ref: builtinPrefix + b.Name, Title: b.Title, About: b.About, License: b.License, Bytes: b.Bytes, Source: "builtin", Here: true})
	}
	if e.options.Memory.Dir != "" {
		recent, err := e.options.Memory.Recent()
		if err == nil {
			for _, path := range recent {
				if st, err := os.Stat(path); err == nil {
					out = append(out, task.KnownModel{Ref: path, Title: filepath.Base(path), Bytes: st.Size(), Source: "recent", Here: true})
				}
			}
		}
	}
	for _, i := range library.Catalogue() {
		st, err := os.Stat(i.Path(e.options.ModelsDir))
		out = append(out, task.KnownModel{
			Ref: cataloguePrefix + i.Name, Title: i.Title, About: i.About, License: i.License, Bytes: i.Bytes,
			Source: "catalogue", Here: err == nil && st.Size() == i.Bytes,
		})
	}
	return out
}

const (
	builtinPrefix   = task.BuiltinPrefix
	cataloguePrefix = "catalogue:"
	galleryPrefix   = task.GalleryPrefix
)

// FetchModel downloads a "catalogue:NAME" with progress; a download that was
// broken off goes on where it stopped.
func (e *Engine) FetchModel(ctx context.Context, ref string, p task.Progress) error {
	item, err := library.CatalogueItem(strings.TrimPrefix(ref, cataloguePrefix))
	if err != nil {
		return err
	}
	_, err = library.Fetch(ctx, item, e.options.ModelsDir, nil, func(done, total int64) {
		p.Report(float64(done)/float64(max(total, 1)), fmt.Sprintf("%d of %d MB", done>>20, total>>20))
	})
	return err
}

// Presets lists preprocessings that fit the model's input size and channels.
func (e *Engine) Presets(modelSHA256 string) []task.Preset {
	size, channels := prep.Size{Width: 224, Height: 224}, 3
	if m := e.opened(modelSHA256); m != nil {
		size, channels = m.info.InputSize, m.channels
	}
	var out []task.Preset
	for _, p := range prep.Presets() {
		spec := p.Spec(size)
		if spec.Channels.Count() == channels {
			out = append(out, task.Preset{ID: p.ID, Title: p.Title, Spec: spec})
		}
	}
	return out
}

// LabelsFile reads class names, one a line or in a known JSON form.
func (e *Engine) LabelsFile(_ context.Context, path string) ([]string, error) {
	st, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file; name a text file with a class a line, or JSON", path)
	case err != nil:
		return nil, fmt.Errorf("%s: cannot be read: %w", path, errors.Unwrap(err))
	case st.IsDir():
		return nil, fmt.Errorf("%s: is a folder; name a text file with a class a line, or JSON", path)
	case st.Size() > 16<<20:
		return nil, fmt.Errorf("%s is %d MB; a list of class names is smaller", filepath.Base(path), st.Size()>>20)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", path, errors.Unwrap(err))
	}
	return library.ParseLabels(filepath.Base(path), data)
}

// Gallery lists the pictures inside the program.
func (e *Engine) Gallery() []task.GalleryItem {
	var out []task.GalleryItem
	for _, s := range gallery.Samples() {
		out = append(out, task.GalleryItem{Ref: galleryPrefix + galleryName(s), Title: s.Title, Truth: s.Label})
	}
	return out
}

func galleryName(s gallery.Sample) string {
	return strings.TrimSuffix(filepath.Base(s.File), filepath.Ext(s.File))
}

func (e *Engine) opened(hash string) *model {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.models[hash]
}
