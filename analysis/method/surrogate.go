package method

import (
	"errors"

	"seewhy/analysis/task"
)

// The numbers of a surrogate as facts.
const (
	FactR2        = "weighted-r2"
	FactIntercept = "intercept"
	FactFull      = "score-full"
	FactOff       = "score-off"
	FactSegments  = "segments"
)

var errUndecided = errors.New("too few samples decide the segments' values: take more samples or fewer segments")

// surrogate is the attribution of a segment model, painted.
func surrogate(s task.Segments, values task.Surrogate) Attribution {
	a := Attribution{Map: paint(s, values.Values), Segments: &s, Surrogate: &values}
	if len(values.Errors) > 0 {
		e := paint(s, values.Errors)
		e.Signed = false
		a.Error = &e
	}
	a.Facts = []task.Fact{
		{ID: FactSegments, Value: float64(s.Count)},
		{ID: FactIntercept, Value: values.Intercept},
		{ID: FactFull, Value: values.Full},
		{ID: FactOff, Value: values.Off},
	}
	if values.HasR2 {
		a.Facts = append(a.Facts, task.Fact{ID: FactR2, Value: values.R2})
	}
	return a
}
