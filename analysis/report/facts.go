package report

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/target"
	"seewhy/analysis/task"
)

// fact is a line of the table "How this was made".
type fact struct {
	key, value string
	style      textStyle
}

// maxParams bounds the parameters that are listed.
const maxParams = 24

// facts lists how a result came about; empty ones are left out.
func (p *page) facts(s *subject) []fact {
	t, r := s.Result.Task, s.Result
	var out []fact
	add := func(key, value string, st textStyle) {
		if value = p.clean(value); value != "" {
			out = append(out, fact{key, value, st})
		}
	}
	title := p.modelTitle(s.Model)
	if title == "" {
		title = t.Model.Name
	}
	add(p.tr("Model"), title, styleBody)
	if file := base(t.Model.Path); file != title {
		add(p.tr("Model file"), file, styleBody)
	}
	add(p.tr("Model SHA-256"), t.Model.SHA256, styleMono)
	add(p.tr("Licence"), s.Model.License, styleBody)
	add(p.tr("Picture"), p.tr("%s, %d × %d px", t.Image.Title(p.term), s.width, s.height), styleBody)
	add(p.tr("Picture SHA-256"), t.Image.SHA256, styleMono)
	add(p.tr("Hidden"), HiddenWords(t.Edits, s.width, s.height, p.tr), styleBody)
	add(p.tr("Class"), p.class(r.Target), styleBody)
	add(p.tr("Explained"), p.explained(s), styleBody)
	probability := percent(r.Target.Probability)
	if b, ok := s.before(r.Target.Class); ok {
		probability = p.tr("%s; without the edits %s", probability, percent(b.Probability))
	}
	_, _, _, share := s.words()
	add(p.term(share), probability, styleBody)
	if t.Like != nil {
		add(p.tr("Reference picture"), t.Like.Title(p.term), styleBody)
		add(p.tr("Its SHA-256"), t.Like.SHA256, styleMono)
	}
	add(p.tr("Method"), p.term(s.methodTitle), styleBody)
	add(p.tr("Paper"), s.Method.Paper, styleBody)
	add(p.tr("Layer"), p.layer(s), styleBody)
	add(p.tr("Parameters"), p.params(s), styleBody)
	if t.Seed != 0 || s.Method.Seeded {
		add(p.tr("Seed"), strconv.FormatUint(t.Seed, 10), styleBody)
	}
	add(p.tr("Measured"), p.measured(r), styleBody)
	add(p.tr("Preprocessing"), p.preprocessing(s), styleBody)
	add(p.tr("Display"), p.display(s), styleBody)
	add(p.tr("Device"), r.Device, styleBody)
	add(p.tr("Time"), p.times(s), styleBody)
	if !r.Time.IsZero() {
		add(p.tr("Made"), r.Time.Format("2006-01-02 15:04:05 MST"), styleBody)
	}
	add(p.tr("Version"), r.Version, styleBody)
	return out
}

// measured tells what a sampling method measured of itself.
func (p *page) measured(r task.Result) string {
	var out []string
	if v := r.Surrogate; v != nil {
		out = append(out, p.tr("%d segments", len(v.Values)))
		if v.HasR2 {
			out = append(out, p.tr("weighted R² %s", number(v.R2)))
		}
		out = append(out, p.tr("intercept %s", number(v.Intercept)))
		if v.Additive {
			out = append(out, p.tr("all on %s, all off %s", number(v.Full), number(v.Off)))
		}
		if len(v.Errors) > 0 {
			out = append(out, p.tr("largest standard error of a value %s", number(slices.Max(v.Errors))))
		}
	} else if r.Error != nil && len(r.Error.Values) > 0 {
		out = append(out, p.tr("standard error of the map, at most %s", number(float64(slices.Max(r.Error.Values)))))
	}
	return strings.Join(out, ", ")
}

// class names a class by label and number.
func (p *page) class(c task.Score) string {
	return strings.TrimSpace(p.label(c) + " (#" + strconv.Itoa(c.Class) + ")")
}

// label is the class's name, or its number where no name can be drawn.
func (p *page) label(c task.Score) string {
	label := p.clean(c.Label)
	if strings.Trim(label, "? ") == "" || label == task.Unnamed(c.Class) {
		return p.tr("class %d", c.Class)
	}
	if p.inside {
		return p.term(label)
	}
	return label
}

// modelTitle is a model's name for people: those inside the program have theirs in
// each language.
func (p *page) modelTitle(m task.ModelInfo) string {
	if m.Ref.Builtin() {
		return p.term(m.Title)
	}
	return m.Title
}

// rather is the second class of a margin; false where its score is not known.
func rather(s *subject) (task.Score, bool) {
	for _, c := range s.Result.Top {
		if c.Class == s.Result.Task.Target.Rather {
			return c, true
		}
	}
	return task.Score{Class: s.Result.Task.Target.Rather}, false
}

func (p *page) explained(s *subject) string {
	if s.Result.Task.Like != nil {
		return p.tr("the cosine similarity, %s", number(s.Result.Value))
	}
	value := number(s.Result.Value)
	what := target.Of(s.Result.Task.Target.Kind)
	if what.Second {
		c, _ := rather(s)
		return p.tr(what.Explained, p.class(c), value)
	}
	return p.tr(what.Explained, value)
}

// layer describes the layer as lists do, with its shape where that is known.
func (p *page) layer(s *subject) string {
	if several := s.Result.Task.Layers; len(several) > 1 {
		names := slices.Clone(several)
		for _, l := range s.Model.Layers {
			if i := slices.Index(several, l.Value); i >= 0 && l.Name != "" {
				names[i] = l.Name
			}
		}
		return strings.Join(names, ", ")
	}
	value := s.Result.Task.Layer
	for _, l := range s.Model.Layers {
		if l.Value != value {
			continue
		}
		shape := make([]string, len(l.Shape))
		for i, n := range l.Shape {
			shape[i] = strconv.Itoa(n)
		}
		text := l.Name
		if text == "" {
			text = value
		}
		if detail := strings.TrimSpace(l.Op + " " + strings.Join(shape, " × ")); detail != "" {
			text += " (" + detail + ")"
		}
		return text
	}
	return value
}

func (p *page) params(s *subject) string {
	var out []string
	for _, v := range s.Params {
		out = append(out, p.term(v.Title)+" "+p.term(v.Value))
	}
	if len(out) == 0 {
		for _, id := range slices.Sorted(maps.Keys(s.Result.Task.Params)) {
			out = append(out, id+" "+number(s.Result.Task.Params[id]))
		}
	}
	if len(out) > maxParams {
		out = append(out[:maxParams], "…")
	}
	return strings.Join(out, ", ")
}

func (p *page) preprocessing(s *subject) string {
	spec := s.Result.Task.Preprocess
	if spec.Scale == 0 {
		return ""
	}
	var out []string
	for _, r := range spec.Words() {
		args := slices.Clone(r.Args)
		for i, a := range args {
			if word, ok := a.(string); ok {
				args[i] = p.term(word)
			}
		}
		out = append(out, p.tr(r.Key, args...))
	}
	return strings.Join(out, "; ")
}

func (p *page) display(s *subject) string {
	c := s.Style.ColormapFor(s.field.Signed)
	return p.term(c.Title) + ", " + p.tr("opacity %d %%", int(math.Round(100*s.Style.Alpha)))
}

func (p *page) times(s *subject) string {
	r := s.Result
	if r.Total <= 0 {
		return ""
	}
	if r.Forward <= 0 {
		return duration(r.Total)
	}
	return p.tr("%s, of it one forward pass %s", duration(r.Total), duration(r.Forward))
}

func duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return strconv.FormatFloat(float64(d)/1e6, 'f', 1, 64) + " ms"
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + " s"
	}
	return d.Round(time.Second).String()
}

// number writes a figure in four digits, "–" where there is none.
func number(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	if v == math.Trunc(v) && math.Abs(v) < 1e5 {
		return strings.Replace(strconv.FormatFloat(v, 'f', 0, 64), "-", "\u2212", 1)
	}
	return heatmap.FormatValue(v)
}

// logit writes a score of the model, aligned in columns.
func logit(v float64) string {
	if !(math.Abs(v) < 1e5) || v != 0 && math.Abs(v) < 0.01 {
		return number(v)
	}
	return strings.Replace(strconv.FormatFloat(v, 'f', 2, 64), "-", "\u2212", 1)
}

// percent never rounds a doubt away: 99.97 % is "> 99.9 %".
func percent(v float64) string {
	switch {
	case !(v >= 0 && v <= 1.0001):
		return "–"
	case v > 0.999 && v < 1:
		return "> 99.9 %"
	case v > 0 && v < 0.001:
		return "< 0.1 %"
	}
	return strconv.FormatFloat(100*v, 'f', 1, 64) + " %"
}

// base is the last element of a path of any system.
func base(path string) string {
	return path[strings.LastIndexAny(path, `/\`)+1:]
}
