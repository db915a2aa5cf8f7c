package state

import (
	"strings"
	"testing"

	"seewhy/ui/session"
)

func TestNotesAreKeptWithTheSession(t *testing.T) {
	d := opened(t)
	d.send(ItemNoted{Item: d.Items[1].ID, Note: "  the sign\nis cut \n"})
	if got := d.Items[1].Note; got != "the sign\nis cut" {
		t.Errorf("note %q", got)
	}
	s, ok := d.State.Session()
	if !ok || s.Pictures[1].Note != "the sign\nis cut" || s.Pictures[0].Note != "" {
		t.Fatalf("kept %+v", s.Pictures)
	}
	d.send(ItemNoted{Item: d.Items[1].ID, Note: strings.Repeat("图", session.MaxNote)})
	if got := d.Items[1].Note; len(got) > session.MaxNote || len(got) < session.MaxNote-2 || strings.ContainsRune(got, '\uFFFD') {
		t.Errorf("a note of %d bytes", len(got))
	}
	d.send(ItemNoted{Item: d.Items[1].ID, Note: " "})
	if got := d.Items[1].Note; got != "" {
		t.Errorf("note %q", got)
	}
}
