package state

import (
	"fmt"
	"reflect"
	"testing"
)

func TestRecentFilesAreRememberedAndBounded(t *testing.T) {
	d := opened(t)
	for i := range 20 {
		d.send(FilesSorted{Images: []string{fmt.Sprintf("/p/%d.png", i)}, Given: []string{fmt.Sprintf("/p/%d.png", i)}})
	}
	d.send(FilesSorted{Images: []string{"/p/15.png"}, Given: []string{"/p/15.png"}})
	if n := len(d.Recent.Pictures); n != maxRecent || !reflect.DeepEqual(d.Recent.Pictures[:3], []string{"/p/15.png", "/p/19.png", "/p/18.png"}) {
		t.Fatalf("%d: %v", n, d.Recent.Pictures)
	}
	kept := must[Remember](d)
	if got := ReadRecent(kept.Value); kept.Key != RecentKey || !reflect.DeepEqual(got.Pictures, d.Recent.Pictures) {
		t.Errorf("kept %v", got)
	}
	if look := must[LookForRecent](d); len(look.Paths) != maxRecent {
		t.Errorf("looks for %v", look.Paths)
	}
	d.send(ProjectWritten{Path: "/p/study.seewhy"})
	d.send(ProjectWritten{Path: "/p/other.seewhy", Err: "full"})
	if !reflect.DeepEqual(d.Recent.Projects, []string{"/p/study.seewhy"}) {
		t.Errorf("projects %v", d.Recent.Projects)
	}
	d.send(RecentSeen{Missing: map[string]bool{"/p/19.png": true}})
	if !d.Recent.Missing["/p/19.png"] {
		t.Error("a missing file is not known")
	}
	d.send(FilesSorted{Refused: "/p/19.png"})
	if d.Toast.Text != "19.png is not where it was." || !d.Toast.Warning {
		t.Errorf("said %q", d.Toast.Text)
	}
	d.send(RecentCleared{})
	if len(d.Recent.Pictures)+len(d.Recent.Projects) != 0 || must[Remember](d).Value != "{}" {
		t.Errorf("%+v", d.Recent)
	}
	if got := ReadRecent(`{"pictures":["a","a",""],"projects":3}`); len(got.Pictures)+len(got.Projects) != 0 {
		t.Errorf("read %v out of a damaged setting", got)
	}
}

func TestTheClipboardIsReadOnceTheEngineIsThere(t *testing.T) {
	d := opened(t)
	d.send(Pasted{Text: "/p/a.png"})
	if must[Paste](d).Text != "/p/a.png" {
		t.Error("the text is lost")
	}
	d.State, _ = New(Options{})
	d.send(Pasted{})
	without[Paste](d)
}
