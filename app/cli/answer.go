package cli

import "seewhy/analysis/task"

// answer is a result as JSON: task.Result, its map without the values unless
// they are asked for (nor the segment of each pixel), and where the report lies.
type answer struct {
	task.Result
	Map    mapJSON `json:"map"`
	Report string  `json:"report,omitempty"`
	// Repeats compares it with the report whose task it was.
	Repeats *repeated `json:"repeats,omitempty"`
}

// mapJSON is task.Map with optional values; it hides the one of Result.
type mapJSON struct {
	Width         int       `json:"width"`
	Height        int       `json:"height"`
	Values        []float32 `json:"values,omitempty"`
	Signed        bool      `json:"signed"`
	ClampNegative bool      `json:"clampNegative,omitempty"`
}

func newAnswer(r task.Result, withMap bool) answer {
	m := r.Map
	if s := r.Segments; s != nil && !withMap {
		r.Segments = &task.Segments{Width: s.Width, Height: s.Height, Count: s.Count}
	}
	if !withMap {
		r.Error = nil
	}
	a := answer{Result: r, Map: mapJSON{Width: m.Width, Height: m.Height, Signed: m.Signed, ClampNegative: m.ClampNegative}}
	if withMap {
		a.Map.Values = m.Values
	}
	return a
}
