package runtime

import (
	"fmt"
	"slices"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"seewhy/models/tensor"
)

// room remembers the shapes of a session's outputs, so that a run writes them
// straight into the memory that its results keep: otherwise the library makes
// memory of its own for each and it is copied.
type room struct {
	// fits says that the outputs' shapes depend on the inputs' alone: all but
	// the first dimension are declared, and what is fetched is float32.
	mutex sync.Mutex
	fits  bool
	known map[string][][]int
}

// mostRooms bounds the shapes that are remembered, of one session: sizes of
// batches, most of which come again and again.
const mostRooms = 16

func newRoom(outputs []declaration) *room {
	fits := !slices.ContainsFunc(outputs, func(d declaration) bool {
		return d.element != ort.TensorElementDataTypeFloat && !castable(d.element) || len(d.dims) == 0 ||
			slices.ContainsFunc(d.dims[1:], func(n int) bool { return n <= 0 })
	})
	return &room{fits: fits, known: map[string][][]int{}}
}

func roomKey(feeds []tensor.Tensor) string {
	key := ""
	for _, f := range feeds {
		key += fmt.Sprint(f.Shape)
	}
	return key
}

// make gives memory for the outputs of these feeds, nil where their shapes are
// not known yet.
func (r *room) make(feeds []tensor.Tensor) ([]ort.Value, error) {
	if r == nil {
		return nil, nil
	}
	r.mutex.Lock()
	shapes := r.known[roomKey(feeds)]
	r.mutex.Unlock()
	var values []ort.Value
	for _, shape := range shapes {
		v, err := ort.NewTensor(shape64(shape), make([]float32, tensor.Elements(shape)))
		if err != nil {
			destroy(values)
			return nil, fmt.Errorf("making room for an output of shape %v: %w", shape, err)
		}
		values = append(values, v)
	}
	return values, nil
}

// learn remembers what a run gave.
func (r *room) learn(feeds, results []tensor.Tensor) {
	if r == nil {
		return
	}
	shapes := make([][]int, len(results))
	for i, t := range results {
		shapes[i] = slices.Clone(t.Shape)
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.fits && len(r.known) < mostRooms {
		r.known[roomKey(feeds)] = shapes
	}
}

// forget gives up: the shapes followed from something else.
func (r *room) forget() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	clear(r.known)
	r.fits = false
}
