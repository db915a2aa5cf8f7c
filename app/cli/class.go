package cli

import (
	"fmt"
	"strconv"
	"strings"

	"seewhy/analysis/report"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// findClass reads a class as a person writes it: "auto", an index, a label or
// one of its synonyms (labels list them with commas), or the beginning, a word
// or a part of one where that is enough to tell. Upper and lower case are equal.
func findClass(m task.ModelInfo, text string) (int, error) {
	if text == "" || text == task.Auto {
		return task.AutoClass, nil
	}
	if n, err := strconv.Atoi(text); err == nil {
		if n < 0 || n >= m.Classes {
			return 0, usage("class %d: %s has the classes 0 to %d", n, m.Title, m.Classes-1)
		}
		return n, nil
	}
	if len(m.Labels) == 0 {
		return 0, usage("class %q: the names of the classes of %s are not known; give an index from 0 to %d, or names with --labels FILE", text, i18n.T(m.Title), m.Classes-1)
	}
	want := strings.ToLower(strings.TrimSpace(text))
	is := func(s string) bool { return s == want }
	// "dog" is no dogsled where others are called dogs.
	begins := func(s string) bool { return strings.HasPrefix(s, want) || strings.Contains(" "+s+" ", " "+want+" ") }
	contains := func(s string) bool { return strings.Contains(s, want) }
	whole := func(label string) []string { return []string{label, report.ClassOf(m.Ref, label, i18n.T)} }
	synonyms := func(label string) []string {
		return append(strings.Split(label, ","), report.ClassOf(m.Ref, label, i18n.T))
	}
	for _, try := range []struct {
		parts func(string) []string
		fits  func(string) bool
	}{{whole, is}, {synonyms, is}, {synonyms, begins}, {synonyms, contains}} {
		found := matching(m.Labels, try.parts, try.fits)
		if len(found) == 1 {
			return found[0], nil
		}
		if len(found) > 1 {
			return 0, usage("class %q means several: %s; give the index or more of the name", text, numbered(m.Labels, found))
		}
	}
	if close := near(text, m.Labels, 5); len(close) > 0 {
		return 0, usage("class %q: %s has none of that name; near ones: %s", text, i18n.T(m.Title), strings.Join(close, "; "))
	}
	return 0, usage("class %q: %s has none of that name; \"seewhy info MODEL --json\" lists its labels", text, i18n.T(m.Title))
}

func matching(labels []string, parts func(string) []string, fits func(string) bool) []int {
	var found []int
	for i, label := range labels {
		for _, p := range parts(label) {
			if fits(strings.ToLower(strings.TrimSpace(p))) {
				found = append(found, i)
				break
			}
		}
	}
	return found
}

// maxNamed is how many ambiguous classes an error lists.
const maxNamed = 8

func numbered(labels []string, classes []int) string {
	var out []string
	for _, c := range classes[:min(maxNamed, len(classes))] {
		out = append(out, fmt.Sprintf("%s (%d)", labels[c], c))
	}
	if len(classes) > maxNamed {
		out = append(out, "…")
	}
	return strings.Join(out, ", ")
}
