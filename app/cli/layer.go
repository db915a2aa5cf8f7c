package cli

import (
	"strings"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// findLayer turns a layer's name or value into its value, which is unique.
func findLayer(m task.ModelInfo, text string) (string, error) {
	if text == "" || text == task.Auto {
		return task.Auto, nil
	}
	var named, all []string
	for _, l := range m.Layers {
		if l.Value == text {
			return l.Value, nil
		}
		if l.Name == text {
			named = append(named, l.Value)
		}
		all = append(all, l.Name)
	}
	switch {
	case len(named) == 1:
		return named[0], nil
	case len(named) > 1:
		return "", usage("layer %q means several values: %s; give one of them", text, strings.Join(named, ", "))
	}
	if close := near(text, all, 5); len(close) > 0 {
		return "", usage("layer %q: %s has none of that name; near ones: %s", text, i18n.T(m.Title), strings.Join(close, ", "))
	}
	return "", usage("layer %q: %s has none of that name; \"seewhy info MODEL --layers\" lists them", text, i18n.T(m.Title))
}
