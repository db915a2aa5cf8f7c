package loop

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seewhy/ui/session"
	"seewhy/ui/state"
)

// kept runs a loop that keeps its session in a file.
func kept(t *testing.T, path string, ready func(state.State) bool) *desk {
	d := &desk{t: t, queue: make(chan func(), 10_000)}
	d.Loop = New(Config{
		Boot: func() (Engine, error) { return fakeEngine(), nil },
		Post: func(f func()) { d.queue <- f },
		Show: func(state.State) {}, Session: path,
	})
	t.Cleanup(d.Close)
	d.Start(state.Options{})
	d.until("ready", ready)
	return d
}

func TestSessionIsKeptAndComesBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seewhy", "session.json")
	d := kept(t, path, heat)
	d.Handle(state.MethodPicked{ID: "saliency"})
	d.until("kept", func(s state.State) bool { _, err := os.Stat(path); return err == nil })
	// What comes after is kept when the window closes.
	d.Handle(state.CompareToggled{})
	d.Close()
	d = kept(t, path, func(s state.State) bool { return s.Model.Info != nil && heat(s) })
	if s := d.State(); s.Shown != 2 || s.Panes[0].Method != "saliency" || len(s.Items) != 24 {
		t.Errorf("%d panes, %s, %d pictures", s.Shown, s.Panes[0].Method, len(s.Items))
	}
}

func TestSessionThatCannotBeUsedIsKeptAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.json")
	for text, want := range map[string]string{
		"{": "damaged",
		`{"format":"seewhy-session","version":9}`: "another version",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d := kept(t, path, func(s state.State) bool { return s.Toast.Serial > 0 })
		if s := d.State(); !s.Toast.Warning || !strings.Contains(s.Toast.Text, want) {
			t.Errorf("said %q", s.Toast.Text)
		}
		aside, err := os.ReadFile(filepath.Join(filepath.Dir(path), "session-aside.json"))
		if err != nil || string(aside) != text {
			t.Errorf("aside lies %q, %v", aside, err)
		}
		d.Close()
	}
}

// A session that kills the program while it is being opened must not do so at
// every start.
func TestSessionThatKilledTheProgramIsNotOpenedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.json")
	d := kept(t, path, heat)
	d.Close()
	k := keeper{path: path}
	if s, err := k.read(); s == nil || err != nil {
		t.Fatalf("%v, %v", s, err)
	}
	// No keep, no close: it died.
	if s, err := k.read(); s != nil || !errors.Is(err, errDied) {
		t.Errorf("opened again: %v, %v", s, err)
	}
	if s, err := k.read(); s != nil || err != nil {
		t.Errorf("the third start: %v, %v", s, err)
	}
	if _, err := session.Read(filepath.Join(filepath.Dir(path), "session-aside.json")); err != nil {
		t.Error(err)
	}
}

func TestProjectIsWrittenWithHashes(t *testing.T) {
	dir := t.TempDir()
	d := kept(t, "", heat)
	picture := filepath.Join(dir, "p.png")
	if err := os.WriteFile(picture, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, ok := d.State().Session()
	if !ok {
		t.Fatal("no session")
	}
	s.Pictures = append(s.Pictures, session.Picture{Path: picture}, session.Picture{Path: filepath.Join(dir, "gone.png")})
	path := filepath.Join(dir, "s.seewhy")
	m := writeProject(t.Context(), state.WriteProject{Path: path, Session: s}).(state.ProjectWritten)
	if m.Err != "" || m.Unread != 1 {
		t.Errorf("%+v", m)
	}
	read, err := session.Read(path)
	// echo -n abc | sha256sum
	if err != nil || !strings.HasPrefix(read.Pictures[len(read.Pictures)-2].SHA256, "ba7816bf") {
		t.Errorf("%v, %+v", err, read.Pictures)
	}
}

func TestASessionThatCannotBeKeptIsTriedAgainAfterAChangeOnly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "no folder")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d := kept(t, filepath.Join(file, "session.json"), func(s state.State) bool { return strings.Contains(s.Toast.Text, "cannot be kept") })
	for _, m := range []state.Msg{state.SessionNotKept{Err: "again"}, state.LinksSet{}} {
		d.saving = false
		d.Handle(m)
		if _, change := m.(state.LinksSet); d.saving != change {
			t.Errorf("%T: written soon is %v", m, d.saving)
		}
	}
}

// What is drawn and measured changes nothing that is kept: a pointer that moves
// over an idle window, or an open page of settings, writes no file.
func TestWhatIsDrawnIsNotKept(t *testing.T) {
	d := kept(t, filepath.Join(t.TempDir(), "session.json"), heat)
	for _, m := range []state.Msg{
		state.PointerMoved{},
		state.PaneCarried{},
		state.MarksPainted{},
		state.ConceptsPainted{},
		state.GraphDrawn{},
		state.Shared{},
		state.PhotoEdited{},
		state.MemoryRead{},
		state.ResourcesRead{},
		state.Took{Answer: state.ResourcesRead{}},
	} {
		d.saving = false
		if d.Handle(m); d.saving {
			t.Errorf("%T: written soon", m)
		}
	}
	d.saving = false
	if d.Handle(state.Took{Answer: state.PhotoOpened{}}); !d.saving {
		t.Error("an answer that can change what is kept is not written")
	}
}
