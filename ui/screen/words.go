package screen

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
	"seewhy/ui/state"
)

// upper is how section headings are written.
func upper(s string) string { return strings.ToUpper(s) }

// preprocessing tells in words how a picture becomes the model's input.
func preprocessing(s prep.Spec) []string {
	var out []string
	switch r := s.Resize; r.Mode {
	case prep.ResizeShorter:
		out = append(out, i18n.T("Shorter side to %d px", r.Size))
	case prep.ResizeSquash:
		out = append(out, i18n.T("Squashed to %d × %d px", r.Width, r.Height))
	case prep.ResizePad:
		out = append(out, i18n.T("Fitted into %d × %d px, padded", r.Width, r.Height))
	case prep.ResizeNone:
		out = append(out, i18n.T("Size left as it is"))
	}
	if s.Crop.Width > 0 {
		out = append(out, i18n.T("Middle %d × %d px", s.Crop.Width, s.Crop.Height))
	}
	switch s.Channels {
	case prep.Gray:
		out = append(out, i18n.T("Grey values"))
	case prep.BGR:
		out = append(out, i18n.T("Colours as BGR"))
	default:
		out = append(out, i18n.T("Colours as RGB"))
	}
	if s.Invert {
		out = append(out, i18n.T("Inverted"))
	}
	low, high := -mean(s.Mean)/spread(s.Std), (255*s.Scale-mean(s.Mean))/spread(s.Std)
	return append(out, i18n.T("Values %s to %s", short(low), short(high)))
}

func mean(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	var sum float64
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

func spread(v []float64) float64 {
	if m := mean(v); m != 0 {
		return m
	}
	return 1
}

// short writes a number with two decimals, or with an exponent where it is huge.
func short(v float64) string {
	if math.Abs(v) >= 1e5 {
		return heatmap.FormatValue(v)
	}
	s := strconv.FormatFloat(v, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		s = "0"
	}
	return strings.Replace(s, "-", "−", 1)
}

// score writes a logit in the room of a column.
func score(v float64) string {
	switch size := math.Abs(v); {
	case size >= 1000:
		return short(math.Round(v))
	case size >= 100:
		return strings.Replace(strconv.FormatFloat(v, 'f', 1, 64), "-", "−", 1)
	}
	return strings.Replace(fmt.Sprintf("%.2f", v), "-", "−", 1)
}

func percent(p float64) string {
	switch {
	case p >= 0.9995 || p == 0:
		return fmt.Sprintf("%.0f %%", 100*p)
	case p < 0.0005:
		return "< 0.1 %"
	}
	return fmt.Sprintf("%.1f %%", 100*p)
}

func size(bytes int64) string {
	switch {
	case bytes >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
	case bytes >= 1e7:
		return fmt.Sprintf("%.0f MB", float64(bytes)/1e6)
	case bytes >= 1e5:
		return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
	}
	return fmt.Sprintf("%.0f kB", float64(bytes)/1e3)
}

func count(n int64) string {
	switch {
	case n >= 1e9:
		return i18n.T("%s billion parameters", fmt.Sprintf("%.1f", float64(n)/1e9))
	case n >= 1e5:
		return i18n.T("%s million parameters", fmt.Sprintf("%.1f", float64(n)/1e6))
	}
	return i18n.T("%d parameters", n)
}

func duration(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1e3)
}

// shape writes 512 × 7 × 7.
func shape(dims []int) string {
	parts := make([]string, len(dims))
	for i, d := range dims {
		parts[i] = strconv.Itoa(d)
	}
	return strings.Join(parts, " × ")
}

// label names a class of a pane's model for people.
func label(s state.State, pane, class int) string {
	name := s.Label(pane, class)
	if name == "" {
		// The file tells no names.
		return i18n.T("class %d", class)
	}
	return inWords(s.ModelOf(pane).Info, name)
}

// inWords translates the names of the built-in models' classes, and the numbers
// that classes without names go by; names of other models are theirs.
func inWords(m *task.ModelInfo, label string) string {
	switch {
	case m == nil:
		return label
	case m.Ref.Builtin():
		return i18n.T(label)
	case len(m.Labels) > 0:
		return label
	}
	if class, ok := task.UnnamedClass(label); ok {
		return i18n.T("class %d", class)
	}
	return label
}

func note(n task.Note) string { return i18n.T(n.Key, n.Args...) }

// named is a note of a pane's map whose class names are in the user's language,
// where the model's are.
func named(k state.Pane, n task.Note) task.Note {
	if k.Result == nil {
		return n
	}
	info := &task.ModelInfo{Ref: k.Result.Task.Model}
	n.Args = slices.Clone(n.Args)
	for i, arg := range n.Args {
		if label, ok := arg.(string); ok {
			n.Args[i] = inWords(info, label)
		}
	}
	return n
}

// kind names what is explained.
func kind(k task.TargetKind) string { return i18n.T(target.Of(k).Title) }
