package task

import "testing"

// A picture inside the program has its name translated; a file's name, even the
// same one, stays what it is.
func TestPicturesHaveTitles(t *testing.T) {
	tr := func(key string) string { return "<" + key + ">" }
	for ref, want := range map[ImageRef]string{
		{Name: "A boat at dusk", Path: "gallery:01-boat"}: "<A boat at dusk>",
		{Name: "A boat at dusk", Path: "/p/A boat"}:       "A boat at dusk",
		{Name: "A boat at dusk"}:                          "A boat at dusk",
	} {
		if got := ref.Title(tr); got != want {
			t.Errorf("%+v: %q", ref, got)
		}
	}
}
