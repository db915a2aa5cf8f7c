package cli

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"seewhy/analysis/report"
	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
)

// steps says a preprocessing in words, on one line.
func steps(s prep.Spec) string {
	var out []string
	for _, r := range s.Words() {
		args := slices.Clone(r.Args)
		for i, a := range args {
			// The filter's name, and the colours'.
			if word, ok := a.(string); ok {
				args[i] = i18n.T(word)
			}
		}
		out = append(out, i18n.T(r.Key, args...))
	}
	return strings.Join(out, "; ")
}

func note(n task.Note) string {
	args := slices.Clone(n.Args)
	for i, arg := range args {
		// Classes without names have theirs in the user's language.
		if label, ok := arg.(string); ok {
			args[i] = report.ClassName(label, i18n.T)
		}
	}
	text := i18n.T(n.Key, args...)
	if n.Warning {
		return i18n.T("Warning: %s", text)
	}
	return text
}

// clause is a sentence without its full stop, to stand inside another.
func clause(sentence string) string { return strings.TrimRight(sentence, ".。") }

// percent never rounds to certainty.
func percent(p float64) string {
	switch {
	case p > 0 && p < 0.0005:
		return "< 0.1 %"
	case p > 0.9995 && p < 1:
		return "> 99.9 %"
	}
	return fmt.Sprintf("%.1f %%", 100*p)
}

// explained says which class was explained, by which number, and what the
// model thinks else.
func explained(r task.Result) [][]string {
	rows := [][]string{{i18n.T("Class"), className(r.Task.Model, r.Target) + ", " + percent(r.Target.Probability)}}
	value := strconv.FormatFloat(r.Value, 'g', 5, 64)
	what := target.Of(r.Task.Target.Kind)
	args := []any{value}
	if what.Second {
		other := i18n.T("class %d", r.Task.Target.Rather)
		for _, c := range r.Top {
			if c.Class == r.Task.Target.Rather && c.Label != "" {
				other = className(r.Task.Model, c)
			}
		}
		args = []any{other, value}
	}
	words := i18n.T(what.Explained, args...)
	if r.Task.Like != nil {
		words = i18n.T("the cosine similarity, %s", value)
	}
	rows = append(rows, []string{i18n.T("Explained"), words})
	for i, c := range r.Top {
		title := ""
		if i == 0 {
			title = i18n.T("Top classes")
		}
		line := fmt.Sprintf("%8s  %s", percent(c.Probability), className(r.Task.Model, c))
		if i < len(r.Before) {
			line = fmt.Sprintf("%8s → %8s  %s", percent(r.Before[i].Probability), percent(c.Probability), className(r.Task.Model, c))
		}
		rows = append(rows, []string{title, line})
	}
	for _, n := range r.Notes {
		rows = append(rows, []string{i18n.T("Note"), note(n)})
	}
	return rows
}

// measured tells what a method that samples measured of itself: its error, or
// the segments that say most.
func measured(r task.Result) [][]string {
	var rows [][]string
	if v := r.Surrogate; v != nil {
		words := i18n.T("%d segments, intercept %.4g", len(v.Values), v.Intercept)
		if v.HasR2 {
			words += i18n.T(", weighted R² %.3f", v.R2)
		}
		rows = append(rows, []string{i18n.T("Measured"), words})
		order := make([]int, len(v.Values))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(math.Abs(v.Values[b]), math.Abs(v.Values[a])) })
		for _, k := range order[:min(5, len(order))] {
			words := i18n.T("segment %d: %+.4g", k, v.Values[k])
			if len(v.Errors) > 0 {
				words += fmt.Sprintf(" ± %.2g", v.Errors[k])
			}
			rows = append(rows, []string{"", words})
		}
	} else if e := r.Error; e != nil && len(e.Values) > 0 {
		rows = append(rows, []string{i18n.T("Measured"), i18n.T("standard error of the map, at most %.2g", slices.Max(e.Values))})
	}
	return rows
}

func className(m task.ModelRef, c task.Score) string {
	return fmt.Sprintf("%s (%d)", report.ClassOf(m, c.Label, i18n.T), c.Class)
}

// shape shows dimensions; -1 is a dynamic one.
func shape(dims []int) string {
	parts := make([]string, len(dims))
	for i, d := range dims {
		parts[i] = strconv.Itoa(d)
		if d < 0 {
			parts[i] = "?"
		}
	}
	return strings.Join(parts, " × ")
}

// grouped writes 1234567 as 1,234,567.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
