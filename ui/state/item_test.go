package state

import (
	"slices"
	"testing"

	"seewhy/assets/i18n"
)

// TestTitle: a file that happens to be called as something of the window is
// keeps its name, in the list of work too; a picture of the gallery is translated.
func TestTitle(t *testing.T) {
	i18n.Use("zh-Hans")
	defer i18n.Use("en")
	const word = "Stopped."
	if i18n.T(word) == word {
		t.Fatalf("%q has no translation to tell names by", word)
	}
	file, own := &Item{Ref: "/photos/a.png", Name: word}, &Item{Ref: "gallery:a", Name: word}
	if got, want := []string{file.Title(), own.Title()}, []string{word, i18n.T(word)}; !slices.Equal(got, want) {
		t.Errorf("Title() of a file and of one of the gallery = %q, want %q", got, want)
	}
	s := State{Items: []*Item{{ID: 1, Ref: file.Ref, Name: word}}, Photo: Photo{Item: 1}, Export: 7}
	if got := s.Jobs()[0].Picture; got != word {
		t.Errorf("Jobs()[0].Picture = %q, want the name of the file, %q", got, word)
	}
}
