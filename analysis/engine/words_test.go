package engine_test

import (
	"slices"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/target"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
)

// What the tables say to a person (methods, parameters, presets, the words of
// preprocessing) has a translation in every language.
func TestTableTextsAreTranslated(t *testing.T) {
	var texts []string
	for _, m := range method.All() {
		texts = append(texts, m.Title, m.Family, m.Summary)
		for _, p := range m.Presets {
			texts = append(texts, p.Title)
		}
		for _, p := range m.Params {
			texts = append(append(texts, p.Title, p.Help), p.Choices...)
		}
	}
	for _, x := range target.All() {
		texts = append(texts, x.Title, x.Summary, x.Explained, x.Unit, x.Foot)
	}
	for _, p := range prep.Presets() {
		texts = append(texts, p.Title)
		for _, w := range p.Spec(prep.Size{Width: 224, Height: 224}).Words() {
			texts = append(texts, w.Key)
		}
	}
	for _, l := range i18n.Languages()[1:] {
		have := i18n.Keys(l.Tag)
		for _, text := range texts {
			if !slices.Contains(have, text) {
				t.Errorf("%s lacks %q", l.Tag, text)
			}
		}
	}
}
