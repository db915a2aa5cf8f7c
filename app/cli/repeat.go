package cli

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// repeated is how a map compares with that of the report whose task it repeats.
type repeated struct {
	// Same says that all values are, bit for bit.
	Same bool `json:"same"`
	// Difference is the largest one of two values, as a share of the report's
	// greatest magnitude; left out where Same, or where the maps differ in size.
	Difference float64 `json:"difference,omitempty"`
	// Was and Is are what was explained, in its units: the report's, and this run's.
	Was float64 `json:"was"`
	Is  float64 `json:"is"`

	resized bool
}

// repeats compares a result with that of a report; nil where another question
// was asked, or where the report's map was too large to be kept.
func repeats(was *task.Result, is task.Result) *repeated {
	if was == nil || len(was.Map.Values) == 0 || question(was.Task) != question(is.Task) {
		return nil
	}
	out := &repeated{Was: was.Value, Is: is.Value}
	if was.Map.Width != is.Map.Width || was.Map.Height != is.Map.Height || len(was.Map.Values) != len(is.Map.Values) {
		out.resized = true
		return out
	}
	out.Same = true
	var scale, apart float64
	for i, v := range was.Map.Values {
		w := is.Map.Values[i]
		if math.Float32bits(v) != math.Float32bits(w) {
			out.Same = false
		}
		scale, apart = max(scale, math.Abs(float64(v))), max(apart, math.Abs(float64(v)-float64(w)))
	}
	if scale > 0 {
		out.Difference = apart / scale
	}
	return out
}

// question is what of a task is asked, in a form that can be compared: not of
// which files, for they may be others where --force has it so, nor where and in
// which batches it is computed.
func question(t task.Task) string {
	t.Model, t.Image, t.Device, t.Batch = task.ModelRef{}, task.ImageRef{}, "", 0
	if t.Like != nil {
		like := *t.Like
		like.Path = ""
		t.Like = &like
	}
	// What cannot be written is not compared.
	text, err := json.Marshal(t)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// words say it.
func (r *repeated) words() string {
	switch {
	case r.Same:
		return i18n.T("the map is the report's, value for value")
	case r.resized:
		return i18n.T("the map is another one than the report's: it has another size")
	}
	return i18n.T("the map is not quite the report's: values differ by up to %s of its scale; the value explained was %s and is %s", fmt.Sprintf("%.2g %%", 100*r.Difference), strconv.FormatFloat(r.Was, 'g', 6, 64), strconv.FormatFloat(r.Is, 'g', 6, 64))
}
