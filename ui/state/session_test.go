package state

import (
	"image"
	"reflect"
	"strings"
	"testing"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/ui/session"
)

// pathed is a model under the name that it was opened by.
func pathed(ref string) task.ModelInfo {
	m := model(ref)
	m.Ref.Path = ref
	m.Methods[1].Seeded = true
	m.Methods[1].Params = []task.Param{{ID: "n", Max: 100, Step: 1, Default: 10}}
	return m
}

// serve answers what asks for models and pictures until nothing is left.
func (d *desk) serve() {
	d.t.Helper()
	for todo := d.cmds; len(todo) > 0; {
		c := todo[0]
		todo = todo[1:]
		d.cmds = nil
		switch c := c.(type) {
		case OpenModel:
			d.send(ModelOpened{Job: c.Job, Info: pathed(c.Ref)})
		case Configure:
			info := pathed(strings.TrimPrefix(c.SHA256, "sha-"))
			info.Preprocess = *c.Choices.Preprocess
			d.send(ModelOpened{Job: c.Job, Info: info})
		case OpenPhoto:
			d.send(PhotoOpened{Job: c.Job, Item: c.Item, Info: picture(c.Ref), Thumb: image.NewRGBA(image.Rect(0, 0, 2, 2))})
		}
		todo = append(todo, d.cmds...)
	}
}

// study is a window in use: two models, three panes, own settings.
func study(t *testing.T) *desk {
	d := booted(t, Options{})
	d.serve()
	d.send(FilesSorted{Images: []string{"/p/c.png", "/p/d.png"}})
	d.serve()
	d.send(LayoutPicked{Panes: 3})
	d.send(MethodPicked{Pane: 0, ID: "saliency"})
	d.send(ParamSet{Pane: 0, ID: "n", Value: 42})
	d.send(SeedSet{Pane: 0, Seed: 9})
	d.send(MethodPicked{Pane: 1, ID: "gradcam"})
	d.send(LayerPicked{Pane: 1, Value: "l0"})
	d.send(LayerTicked{Pane: 1, Value: "l1"})
	d.send(RatherPicked{Pane: 1, Class: 2})
	d.send(ClassPicked{Pane: 1, Class: 0})
	d.send(ModelPicked{Pane: 1, Ref: "/m/other.onnx"})
	d.serve()
	d.send(LayerPicked{Pane: 1, Value: "l0"})
	d.send(RatherPicked{Pane: 1, Class: 2})
	d.send(ClassPicked{Pane: 1, Class: 0})
	d.send(ShowPicked{Pane: 2, Show: ShowDifference, A: 1, B: 0})
	d.send(LinksSet{Links: Links{View: true}})
	d.send(PaneActivated{Pane: 1})
	d.send(ColormapPicked{ID: "viridis"})
	d.send(ModePicked{Mode: heatmap.Mask})
	d.send(WipeSet{Pane: 1, At: 0.25})
	return d
}

func TestSessionComesBackAsItWas(t *testing.T) {
	was := study(t)
	s, ok := was.State.Session()
	if !ok {
		t.Fatal("no session")
	}
	// What the file leaves of it is what comes back.
	var b strings.Builder
	if err := session.Encode(&b, s); err != nil {
		t.Fatal(err)
	}
	read, err := session.Decode(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	d := started(t, Options{}, EngineReady{Session: &read})
	if _, ok := d.State.Session(); ok {
		t.Error("a session is kept while one is being opened")
	}
	d.serve()
	again, ok := d.State.Session()
	if !ok || !reflect.DeepEqual(again, s) {
		t.Errorf("\ngot  %+v\nwant %+v", again, s)
	}
	if got, want := d.questions(), was.questions(); !reflect.DeepEqual(got[:2], want[:2]) {
		t.Errorf("\ngot  %+v\nwant %+v", got, want)
	}
	if d.Panes[1].Own == nil || d.Panes[1].Own.Info.Ref.Path != "/m/other.onnx" || d.Panes[0].Own != nil {
		t.Error("the panes' models have changed")
	}
	if it, _ := d.Item(d.Current); it.Ref != "/p/c.png" || len(d.Items) != 4 || d.Photo.Info == nil || d.Items[0].Truth != "cat" {
		t.Errorf("filmstrip %+v", d.Items)
	}
	for i := range 2 {
		if d.Panes[i].Job == 0 {
			t.Errorf("pane %d asks nothing", i)
		}
	}
	if d.Toast.Warning {
		t.Errorf("said %q", d.Toast.Text)
	}
}

// started has the engine up, with what else the start brings.
func started(t *testing.T, o Options, m EngineReady) *desk {
	d := &desk{t: t}
	d.State, d.cmds = New(o)
	m.Known = []task.KnownModel{{Ref: DefaultModel, Title: "Scenes", Here: true}, {Ref: "catalogue:big", Title: "Big"}}
	m.Gallery = []task.GalleryItem{{Ref: "gallery:a", Title: "A", Truth: "cat"}, {Ref: "gallery:b", Title: "B"}}
	d.send(m)
	return d
}

func TestSessionKeepsASinglePanesClass(t *testing.T) {
	was := booted(t, Options{})
	was.serve()
	was.send(ClassPicked{Class: 2})
	s, _ := was.State.Session()
	d := started(t, Options{}, EngineReady{Session: &s})
	d.serve()
	if d.Panes[0].Class != 2 {
		t.Errorf("class %d", d.Panes[0].Class)
	}
	// Another picture is asked for its own answer, as ever.
	d.send(ItemStepped{By: 1})
	d.serve()
	if d.Panes[0].Class != task.AutoClass {
		t.Errorf("class %d of another picture", d.Panes[0].Class)
	}
}

func TestCommandLineWinsOverTheSession(t *testing.T) {
	s, _ := study(t).State.Session()
	d := started(t, Options{Model: "/m/mine.onnx", Files: []string{"/p/new.png"}}, EngineReady{Session: &s})
	if c := must[SortFiles](d); !reflect.DeepEqual(c.Paths, []string{"/p/new.png"}) {
		t.Errorf("files %v", c.Paths)
	}
	d.serve()
	d.send(FilesSorted{Images: []string{"/p/new.png"}})
	d.serve()
	if it, _ := d.Item(d.Current); it.Ref != "/p/new.png" || len(d.Items) != 5 {
		t.Errorf("current %+v of %d", it, len(d.Items))
	}
	if d.Model.Info.Ref.Path != "/m/mine.onnx" || d.Panes[0].Method != "saliency" {
		t.Errorf("model %s, method %s", d.Model.Info.Ref.Path, d.Panes[0].Method)
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	s, _ := study(t).State.Session()
	s.Pictures[2].Missing = true
	d := started(t, Options{}, EngineReady{Session: &s})
	if d.Toast.Text != "c.png is not where it was." || !d.Toast.Warning {
		t.Errorf("said %q", d.Toast.Text)
	}
	s.Pictures[3].Missing = true
	if d = started(t, Options{}, EngineReady{Session: &s}); d.Toast.Text != "c.png and 1 more are not where they were." {
		t.Errorf("said %q", d.Toast.Text)
	}
	// Without its model the window opens the usual one and keeps what that can answer.
	s.Panes[0].Task.Model.Path, s.Panes[0].Missing = "/m/gone.onnx", true
	s.Panes[0].Task.Layer, s.Panes[0].Task.Target.Class = "gone", 77
	d = started(t, Options{}, EngineReady{Session: &s})
	if !strings.Contains(d.Toast.Text, "gone.onnx is not where it was") {
		t.Errorf("said %q", d.Toast.Text)
	}
	d.serve()
	if p := d.Panes[0]; d.Model.Info.Ref.Path != DefaultModel || p.Method != "saliency" || p.Layer != task.Auto || p.Class != task.AutoClass {
		t.Errorf("model %s, %+v", d.Model.Info.Ref.Path, p.Question)
	}
	if d.Model.Missed != "gone.onnx" {
		t.Errorf("%q is missed", d.Model.Missed)
	}
	s.Panes[0].Task.Layer, s.Panes[0].Task.Target.Class, s.Panes[0].Task.Model.SHA256 = "l0", 2, "sha-found"
	d = started(t, Options{}, EngineReady{Session: &s})
	d.serve()
	d.send(ClassPicked{Class: 1})
	// A choice for the model that stands in changes nothing of that.
	d.send(ModelOpened{Job: d.Model.Job, Info: *d.Model.Info})
	if d.Model.Missed != "gone.onnx" {
		t.Errorf("%q is missed", d.Model.Missed)
	}
	// Where it is found, its panes ask again what they asked then.
	d.send(ModelPicked{Ref: "/elsewhere/gone.onnx"})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: model("found")})
	if p := d.Panes[0]; d.Model.Missed != "" || p.Method != "saliency" || p.Layer != "l0" || p.Class != 2 {
		t.Errorf("%q is missed, %+v", d.Model.Missed, p.Question)
	}
	// Another one of the person's choice is missed by nobody.
	d = started(t, Options{}, EngineReady{Session: &s})
	d.serve()
	d.send(ModelPicked{Ref: "/m/else.onnx"})
	d.serve()
	if d.Model.Missed != "" {
		t.Errorf("%q is missed", d.Model.Missed)
	}
	// A download is for the person to begin.
	s.Panes[0].Task.Model.Path, s.Panes[0].Missing = "catalogue:big", false
	d = started(t, Options{}, EngineReady{Session: &s})
	without[FetchModel](d)
	if c := must[OpenModel](d); c.Ref != DefaultModel {
		t.Errorf("opens %s", c.Ref)
	}
}

func TestModelThatFailsGivesWayToTheUsualOne(t *testing.T) {
	s, _ := study(t).State.Session()
	s.Panes[0].Task.Model.Path = "/m/broken.onnx"
	d := started(t, Options{}, EngineReady{Session: &s})
	d.send(ModelFailed{Job: must[OpenModel](d).Job, Err: "broken"})
	next := must[OpenModel](d)
	if next.Ref != DefaultModel {
		t.Fatalf("opens %s", next.Ref)
	}
	d.send(ModelFailed{Job: next.Job, Err: "broken too"})
	without[OpenModel](d)
	if d.restoring != nil {
		t.Error("it waits for ever")
	}
}

func TestChangedFilesAreSaid(t *testing.T) {
	s, _ := study(t).State.Session()
	s.Pictures[2].SHA256 = "another"
	d := started(t, Options{}, EngineReady{Session: &s})
	d.serve()
	if d.Toast.Text != "c.png has changed since it was saved." {
		t.Errorf("said %q", d.Toast.Text)
	}
	if it, _ := d.Item(d.Current); it.SHA256 != "sha-/p/c.png" {
		t.Errorf("hash %q", it.SHA256)
	}
	s, _ = study(t).State.Session()
	s.Panes[1].Task.Model.SHA256 = "another"
	d = started(t, Options{}, EngineReady{Session: &s})
	d.serve()
	if d.Toast.Text != "other.onnx has changed since it was saved." {
		t.Errorf("said %q", d.Toast.Text)
	}
}

func TestMarksAreKeptWithTheSession(t *testing.T) {
	d := booted(t, Options{})
	d.serve()
	d.send(ItemMarked{Mark: session.Starred})
	d.send(ItemStepped{By: 1})
	d.serve()
	d.send(ItemMarked{Mark: session.Starred})
	d.send(ItemMarked{Mark: session.Rejected})
	s, _ := d.State.Session()
	if s.Pictures[0].Mark != session.Starred || s.Pictures[1].Mark != session.Rejected {
		t.Errorf("marks %+v", s.Pictures)
	}
	d = started(t, Options{}, EngineReady{Session: &s})
	if d.Items[0].Mark != session.Starred || d.Items[1].Mark != session.Rejected {
		t.Errorf("marks %q, %q", d.Items[0].Mark, d.Items[1].Mark)
	}
	// The same again takes it off.
	d.send(ItemMarked{Mark: session.Rejected})
	if d.Items[1].Mark != "" {
		t.Errorf("mark %q", d.Items[1].Mark)
	}
}

func TestStageMayChangeWhileASessionOpens(t *testing.T) {
	s, _ := study(t).State.Session()
	for _, panes := range []int{1, 9} {
		d := started(t, Options{}, EngineReady{Session: &s})
		open := d.cmds
		d.send(LayoutPicked{Panes: panes})
		d.cmds = open
		d.serve()
		if d.Shown != panes || d.Panes[0].Method != "saliency" || d.restoring != nil {
			t.Errorf("%d panes of %d, %s", d.Shown, panes, d.Panes[0].Method)
		}
		if _, ok := d.State.Session(); !ok {
			t.Error("nothing is kept any more")
		}
	}
}

func TestProject(t *testing.T) {
	d := study(t)
	d.send(ProjectSaved{Path: "/s.seewhy"})
	c := must[WriteProject](d)
	if len(c.Session.Pictures) != 4 || len(c.Session.Panes) != 3 || c.Path != "/s.seewhy" {
		t.Errorf("saved %+v", c)
	}
	d.send(ProjectWritten{Path: "/s.seewhy", Unread: 2})
	if !d.Toast.Warning || !strings.Contains(d.Toast.Text, "2 pictures") {
		t.Errorf("said %q", d.Toast.Text)
	}
	project := c.Session
	spec := &project.Panes[0].Task.Preprocess
	spec.Scale = 0.5
	d = booted(t, Options{})
	d.serve()
	d.send(FilesSorted{Project: "/s.seewhy"})
	if c := must[ReadProject](d); c.Path != "/s.seewhy" {
		t.Errorf("reads %s", c.Path)
	}
	d.send(ProjectRead{Path: "/s.seewhy", Session: project})
	d.serve()
	if d.Shown != 3 || len(d.Items) != 4 || d.Model.Info.Preprocess.Scale != 0.5 || d.Panes[1].Own == nil {
		t.Errorf("%d panes, %d pictures, %+v", d.Shown, len(d.Items), d.Model.Info.Preprocess)
	}
	before := d.State
	d.send(ProjectRead{Path: "/x.seewhy", Err: "no such file"})
	if d.Toast.Text != "x.seewhy cannot be opened: no such file" || len(d.Items) != len(before.Items) {
		t.Errorf("said %q", d.Toast.Text)
	}
	d.send(SessionCleared{})
	d.serve()
	if d.Shown != 1 || len(d.Items) != 2 || d.Panes[0].Question.Method != defaultMethod || d.Current != d.Items[0].ID || d.Photo.Info == nil {
		t.Errorf("closed: %d panes, %d pictures", d.Shown, len(d.Items))
	}
}

func TestWhatCannotBeKeptIsSaidOnce(t *testing.T) {
	d := opened(t)
	d.send(SessionNotKept{Err: "disk full"})
	serial := d.Toast.Serial
	d.send(SessionNotKept{Err: "disk full"})
	if d.Toast.Serial != serial || !strings.Contains(d.Toast.Text, "disk full") {
		t.Errorf("said %q", d.Toast.Text)
	}
	if d = started(t, Options{}, EngineReady{SessionErr: "damaged"}); !strings.Contains(d.Toast.Text, "kept aside: damaged") || len(d.Items) != 2 {
		t.Errorf("said %q", d.Toast.Text)
	}
}
