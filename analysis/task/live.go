package task

// Live is how an explanation under way is watched and told to stop. Each part
// may be nil.
type Live struct {
	// Progress has the share of the work that is done.
	Progress Progress
	// Partial has the result as far as it is known: within the first second of
	// sampling, then a few times a second. It is called from one goroutine at a
	// time and must return fast; the result's slices are never changed again.
	Partial func(Result)
	// Keep, when closed, ends the sampling: what is there then is the result.
	// A method that draws no samples goes on to its end.
	Keep <-chan struct{}
}

// Segments divides a picture into parts.
type Segments struct {
	Width  int `json:"width"`
	Height int `json:"height"`
	// Of has the segment of each pixel of the model's input, row by row: 0 to
	// Count-1, each of them present.
	Of    []int32 `json:"of,omitempty"`
	Count int     `json:"count"`
}

// Surrogate is the simple model of segments that stands in for the network
// around one picture: its values tell what each segment gives to the score.
type Surrogate struct {
	// Values has a number a segment, in units of the target.
	Values []float64 `json:"values"`
	// Errors has the standard error of each value; empty where it is not known.
	Errors []float64 `json:"errors,omitempty"`
	// Intercept is the surrogate's answer with every segment off.
	Intercept float64 `json:"intercept"`
	// Full is the model's own score of the picture, Off with every segment off.
	Full float64 `json:"full"`
	Off  float64 `json:"off"`
	// R2 is the weighted coefficient of determination over the samples: 1 where
	// the surrogate says what the model says. HasR2 tells that it was measured.
	R2    float64 `json:"r2,omitempty"`
	HasR2 bool    `json:"hasR2,omitempty"`
	// Additive says that the values share out Full - Off: their sum is that.
	Additive bool `json:"additive,omitempty"`
}

// MethodPreset is a named choice of a method's parameters; those it leaves
// out keep their default.
type MethodPreset struct {
	// ID is "reference" or "fast".
	ID     string             `json:"id"`
	Title  string             `json:"title"`
	Params map[string]float64 `json:"params,omitempty"`
}
