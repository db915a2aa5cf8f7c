package engine

import "sync"

// keptAnswers bounds the forward passes that are remembered: a row of scores
// each, for a filmstrip and its panes.
const keptAnswers = 512

// answers remembers rows of scores by what gave them, so that picking another
// class, layer or method runs no forward pass again.
type answers struct {
	mutex sync.Mutex
	rows  map[string][]float32
	order []string
}

func newAnswers() *answers { return &answers{rows: map[string][]float32{}} }

func (a *answers) get(key string) ([]float32, bool) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	row, ok := a.rows[key]
	return row, ok
}

func (a *answers) put(key string, row []float32) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if _, ok := a.rows[key]; !ok {
		a.order = append(a.order, key)
	}
	a.rows[key] = row
	for len(a.order) > keptAnswers {
		delete(a.rows, a.order[0])
		a.order = a.order[1:]
	}
}
