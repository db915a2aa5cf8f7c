package state

import (
	"image"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// desk drives Update and keeps the commands of the last step.
type desk struct {
	t *testing.T
	State
	cmds []Cmd
	// late are commands that are answered later.
	late []Cmd
}

func (d *desk) send(m Msg) {
	d.t.Helper()
	before := d.State
	items := append([]*Item(nil), before.Items...)
	d.State, d.cmds = Update(d.State, m)
	if !reflect.DeepEqual(before.Items, items) {
		d.t.Fatalf("%T changed the state it was given", m)
	}
}

// find returns the first command of type T of the last step.
func find[T Cmd](d *desk) (T, bool) {
	for _, c := range d.cmds {
		if c, ok := c.(T); ok {
			return c, true
		}
	}
	var none T
	return none, false
}

func must[T Cmd](d *desk) T {
	d.t.Helper()
	c, ok := find[T](d)
	if !ok {
		d.t.Fatalf("no %T among %+v", c, d.cmds)
	}
	return c
}

func without[T Cmd](d *desk) {
	d.t.Helper()
	if c, ok := find[T](d); ok {
		d.t.Fatalf("unexpected %+v", c)
	}
}

func model(name string) task.ModelInfo {
	return task.ModelInfo{
		Ref:    task.ModelRef{Name: name, SHA256: "sha-" + name},
		Title:  name,
		Labels: []string{"cat", "dog", "car"}, Classes: 3,
		Layers:  []task.Layer{{Value: "l0"}, {Value: "l1", Candidate: true}},
		Natural: 1,
		Methods: []task.MethodInfo{{ID: "gradcam", NeedsLayer: true}, {ID: "saliency"}, {ID: "broken", Why: "no rule for Foo"}},
	}
}

func picture(name string) task.ImageInfo {
	return task.ImageInfo{Ref: task.ImageRef{Name: name, SHA256: "sha-" + name, Width: 400, Height: 200}}
}

// booted has the engine up, with two gallery pictures and three known models.
func booted(t *testing.T, o Options) *desk {
	d := &desk{t: t}
	d.State, d.cmds = New(o)
	must[Boot](d)
	d.send(EngineReady{
		Known: []task.KnownModel{
			{Ref: DefaultModel, Title: "Scenes", Here: true},
			{Ref: "catalogue:big", Title: "Big"},
		},
		Gallery: []task.GalleryItem{{Ref: "gallery:a", Title: "A", Truth: "cat"}, {Ref: "gallery:b", Title: "B"}},
	})
	return d
}

// opened has a model and a picture open and the first map done.
func opened(t *testing.T) *desk {
	d := booted(t, Options{})
	open, photo := must[OpenModel](d), must[OpenPhoto](d)
	d.send(ModelOpened{Job: open.Job, Info: model("m")})
	d.send(PhotoOpened{Job: photo.Job, Item: photo.Item, Info: picture("a"), Thumb: image.NewRGBA(image.Rect(0, 0, 2, 2))})
	p, e := must[Predict](d), must[Explain](d)
	d.send(Predicted{Job: p.Job, Item: p.Item, Prediction: task.Prediction{Scores: []task.Score{{Class: 0, Label: "cat", Probability: .2}, {Class: 1, Label: "dog", Probability: .7}, {Class: 2, Label: "car", Probability: .1}}, Order: []int{1, 0, 2}}})
	d.finish(e)
	return d
}

// finish answers an Explain and the Paint that follows.
func (d *desk) finish(e Explain) {
	d.t.Helper()
	r := task.Result{Task: e.Task, Map: task.Map{Width: 2, Height: 1, Values: []float32{0, 1}}, Region: prep.Region{X0: 100, X1: 300, Y1: 200}, Device: "cpu"}
	d.send(Explained{Job: e.Job, Result: r})
	p := must[Paint](d)
	d.send(Painted{Job: p.Job, Overlay: Overlay{Image: image.NewRGBA(image.Rect(0, 0, 1, 1)), Style: p.Style}})
}

func TestStartOpensDefaultModelAndFirstSample(t *testing.T) {
	d := booted(t, Options{})
	if got := must[OpenModel](d).Ref; got != DefaultModel {
		t.Errorf("model %q", got)
	}
	if got := must[OpenPhoto](d); got.Ref != "gallery:a" || got.Item != d.Current {
		t.Errorf("photo %+v, current %d", got, d.Current)
	}
	if len(d.Items) != 2 || d.Items[0].Truth != "cat" || d.Phase != Ready {
		t.Errorf("items %+v phase %v", d.Items, d.Phase)
	}
	without[Explain](d)
	must[ListDevices](d)
}

func TestStartWithFilesAndModel(t *testing.T) {
	d := booted(t, Options{Files: []string{"/x/y.jpg"}, Model: "/m.onnx"})
	if got := must[OpenModel](d).Ref; got != "/m.onnx" {
		t.Errorf("model %q", got)
	}
	if got := must[SortFiles](d).Paths; !reflect.DeepEqual(got, []string{"/x/y.jpg"}) {
		t.Errorf("paths %q", got)
	}
	without[OpenPhoto](d)
}

func TestFilesGivenBeforeTheEngineWait(t *testing.T) {
	d := &desk{t: t}
	d.State, _ = New(Options{})
	d.send(FilesGiven{Paths: []string{"a.png"}})
	if len(d.cmds) != 0 {
		t.Fatalf("commands before the engine: %+v", d.cmds)
	}
	d.send(EngineReady{})
	if got := must[SortFiles](d).Paths; !reflect.DeepEqual(got, []string{"a.png"}) {
		t.Errorf("paths %q", got)
	}
}

func TestEngineFailureIsShownInWords(t *testing.T) {
	d := &desk{t: t}
	d.State, _ = New(Options{})
	d.send(EngineFailed{Err: "no library"})
	if d.Phase != Failed || d.Trouble != "no library" {
		t.Errorf("%v %q", d.Phase, d.Trouble)
	}
	d.send(ModelPicked{Ref: "x"})
	without[OpenModel](d)
}

func TestFirstMap(t *testing.T) {
	d := opened(t)
	p := d.Panes[0]
	if p.Overlay == nil || p.Result == nil || p.Job != 0 {
		t.Fatalf("pane %+v", p)
	}
	if got := p.Result.Task; got.Method != "gradcam" || got.Layer != task.Auto || got.Target.Class != task.AutoClass || got.Model.SHA256 != "sha-m" || got.Image.SHA256 != "sha-a" || got.Device != task.Auto {
		t.Errorf("task %+v", got)
	}
	if d.Items[0].Label != "dog" || d.Items[0].Probability != .7 {
		t.Errorf("item %+v", d.Items[0])
	}
	if d.Last.Device != "cpu" {
		t.Errorf("timing %+v", d.Last)
	}
}

func TestPaintIsBoundedAndKnowsTheRegion(t *testing.T) {
	d := opened(t)
	d.send(SmoothSet{Smooth: !d.Panes[0].Style.Smooth})
	p := must[Paint](d)
	if p.Width != 1024 || p.Height != 512 {
		t.Errorf("size %d x %d", p.Width, p.Height)
	}
	if p.Place.Picture != (prep.Size{Width: 400, Height: 200}) || p.Place.Region.X0 != 100 {
		t.Errorf("place %+v", p.Place)
	}
	without[Explain](d)
}

func TestNewerQuestionSupersedesOlder(t *testing.T) {
	d := opened(t)
	d.send(LayerPicked{Value: "l0"})
	first := must[Explain](d)
	d.send(LayerPicked{Value: "l1"})
	second := must[Explain](d)
	if got := must[Cancel](d).Job; got != first.Job {
		t.Errorf("cancelled %d, want %d", got, first.Job)
	}
	old := d.Panes[0].Result
	d.send(Explained{Job: first.Job, Result: task.Result{Task: first.Task}})
	if d.Panes[0].Result != old || d.Panes[0].Job != second.Job {
		t.Error("the answer of a superseded job was taken")
	}
	d.send(ExplainFailed{Job: first.Job, Err: "cancelled"})
	if d.Panes[0].Err != "" {
		t.Error("the error of a superseded job was taken")
	}
	d.finish(second)
	if d.Panes[0].Result.Task.Layer != "l1" {
		t.Errorf("layer %q", d.Panes[0].Result.Task.Layer)
	}
}

func TestSameQuestionIsNotAskedTwice(t *testing.T) {
	d := opened(t)
	d.send(LayerPicked{Value: task.Auto})
	without[Explain](d)
	d.send(MethodPicked{ID: "broken"})
	without[Explain](d)
	if d.Panes[0].Method != "gradcam" {
		t.Error("a method that cannot run was taken")
	}
}

// A moving slider must neither pile up work nor wait for its end: while one
// style is painted the newest waits, and only the newest.
func TestNewestStyleIsPaintedNext(t *testing.T) {
	d := opened(t)
	d.send(ColormapPicked{ID: "viridis"})
	first := must[Paint](d)
	d.send(ColormapPicked{ID: "magma"})
	without[Paint](d)
	d.send(ColormapPicked{ID: "cividis"})
	without[Paint](d)
	d.send(Painted{Job: first.Job, Overlay: Overlay{Style: first.Style}})
	if got := d.Panes[0].Overlay.Style.Colormap; got != "viridis" {
		t.Errorf("overlay drawn with %q", got)
	}
	last := must[Paint](d)
	if last.Style.Colormap != "cividis" {
		t.Errorf("painted next with %q", last.Style.Colormap)
	}
	d.send(Painted{Job: last.Job, Overlay: Overlay{Style: last.Style}})
	without[Paint](d)
	// A colour bar of an older map, told after another picture came, is dropped.
	d.send(SmoothSet{Smooth: false})
	late := must[Paint](d)
	d.send(ItemStepped{By: 1})
	open := must[OpenPhoto](d)
	d.send(PhotoOpened{Job: open.Job, Item: open.Item, Info: picture("b")})
	d.send(Painted{Job: late.Job, Overlay: Overlay{Style: late.Style}})
	if d.Panes[0].Overlay != nil {
		t.Error("the old picture's colours are shown")
	}
}

func TestAlphaCostsNothing(t *testing.T) {
	d := opened(t)
	before := d.Panes[0].Overlay
	for i := range 101 {
		d.send(AlphaSet{Alpha: float64(i) / 100})
		if len(d.cmds) != 0 {
			t.Fatalf("alpha started %+v", d.cmds)
		}
	}
	d.send(AlphaStepped{By: 5})
	if d.Panes[0].Style.Alpha != 1 || d.Panes[0].Overlay != before {
		t.Errorf("alpha %v", d.Panes[0].Style.Alpha)
	}
}

func TestWalking(t *testing.T) {
	d := opened(t)
	d.send(ClassPicked{Class: 2})
	d.finish(must[Explain](d))
	d.send(ItemStepped{By: -1})
	without[OpenPhoto](d)
	d.send(ItemStepped{By: 1})
	open := must[OpenPhoto](d)
	if open.Ref != "gallery:b" || d.Photo.Info.Ref.Name != "a" {
		t.Errorf("%+v; the old photo must stay until the new one is there", open)
	}
	d.send(PhotoOpened{Job: open.Job, Item: open.Item, Info: picture("b")})
	if e := must[Explain](d); e.Task.Image.Name != "b" || e.Task.Target.Class != task.AutoClass {
		t.Errorf("task %+v", e.Task)
	}
	if d.Panes[0].Overlay != nil || d.Forward.Prediction != nil {
		t.Error("the old picture's heat is still shown")
	}
}

func TestUnreadablePicture(t *testing.T) {
	d := opened(t)
	d.send(ItemStepped{By: 1})
	open := must[OpenPhoto](d)
	d.send(PhotoFailed{Job: open.Job, Item: open.Item, Err: "not a picture"})
	if d.Photo.Err != "not a picture" || d.Items[1].Err != "not a picture" || d.Photo.Info != nil {
		t.Errorf("%+v", d.Photo)
	}
	d.send(ClassPicked{Class: 1})
	without[Explain](d)
}

func TestCompare(t *testing.T) {
	d := opened(t)
	d.send(CompareToggled{})
	e := must[Explain](d)
	if d.Shown != 2 || d.pane(e) != 1 || e.Task.Method != "saliency" {
		t.Fatalf("%+v", e)
	}
	d.finish(e)
	d.send(ClassPicked{Pane: 1, Class: 2})
	if e = must[Explain](d); d.pane(e) != 1 || e.Task.Target.Class != 2 || d.Active != 1 {
		t.Errorf("%+v", e)
	}
	if d.Panes[0].Class != task.AutoClass {
		t.Error("panes are not free of each other")
	}
	d.send(ItemStepped{By: 1})
	open := must[OpenPhoto](d)
	d.send(PhotoOpened{Job: open.Job, Item: open.Item, Info: picture("b")})
	if d.Panes[1].Class != 2 {
		t.Error("side by side, a chosen class stays")
	}
	d.send(CompareToggled{})
	if d.Shown != 1 || d.Active != 0 {
		t.Errorf("shown %d active %d", d.Shown, d.Active)
	}
}

func TestMargin(t *testing.T) {
	d := opened(t)
	d.send(RatherPicked{Class: 2})
	if got := must[Explain](d).Task.Target; got != (task.Target{Kind: task.Margin, Class: task.AutoClass, Rather: 2}) {
		t.Errorf("%+v", got)
	}
	d.send(KindPicked{Kind: task.Probability})
	if got := must[Explain](d).Task.Target; got != (task.Target{Kind: task.Probability, Class: task.AutoClass}) {
		t.Errorf("%+v", got)
	}
}

func TestModelWithDownload(t *testing.T) {
	d := opened(t)
	d.send(ModelPicked{Ref: "catalogue:big"})
	f := must[FetchModel](d)
	d.send(Progressed{Job: f.Job, Work: Work{Done: .5, What: "x"}})
	if d.Model.Work.Done != .5 || !d.Model.Fetching || d.Model.Info.Title != "m" {
		t.Errorf("%+v", d.Model)
	}
	d.send(ModelFetched{Job: f.Job})
	o := must[OpenModel](d)
	d.send(LayerPicked{Value: "l0"})
	running := must[Explain](d)
	d.send(ModelOpened{Job: o.Job, Info: model("big")})
	if got := must[Cancel](d).Job; got != running.Job {
		t.Errorf("cancelled %d", got)
	}
	if e := must[Explain](d); e.Task.Model.Name != "big" || e.Task.Layer != task.Auto {
		t.Errorf("%+v", e.Task)
	}
	if d.Items[0].Label != "" {
		t.Error("the old model's label is still under the picture")
	}
}

func TestModelFailureKeepsTheOldOne(t *testing.T) {
	d := opened(t)
	d.send(ModelPicked{Ref: "/bad.onnx"})
	o := must[OpenModel](d)
	d.send(ModelFailed{Job: o.Job, Err: "bad.onnx: truncated"})
	if d.Model.Info.Title != "m" || d.Model.Err == "" || !d.Toast.Warning || d.Toast.Text != "bad.onnx: truncated" {
		t.Errorf("%+v %+v", d.Model, d.Toast)
	}
}

func TestMethodWhichCannotRunOnTheNewModel(t *testing.T) {
	d := opened(t)
	info := model("n")
	info.Methods[0].Why = "no spatial layer"
	d.send(ModelPicked{Ref: "/n.onnx"})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: info})
	if d.Panes[0].Method != "saliency" {
		t.Errorf("method %q", d.Panes[0].Method)
	}
	info.Methods[1].Why = "no rule for Foo"
	d.send(ModelPicked{Ref: "/n.onnx"})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: info})
	without[Explain](d)
	if d.Panes[0].Err != "no rule for Foo" {
		t.Errorf("pane %+v", d.Panes[0])
	}
}

func TestPresetAndLabels(t *testing.T) {
	d := opened(t)
	d.send(PresetPicked{Spec: prep.Spec{Scale: 2}})
	if c := must[Configure](d); c.SHA256 != "sha-m" || c.Choices.Preprocess.Scale != 2 {
		t.Errorf("%+v", c)
	}
	d.send(LabelsPicked{Path: "/l.txt"})
	r := must[ReadLabels](d)
	d.send(LabelsRead{Job: r.Job, Path: "/l.txt", Labels: []string{"a"}})
	without[Configure](d)
	if !d.Toast.Warning {
		t.Error("a file with the wrong number of names must be refused in words")
	}
	d.send(LabelsPicked{Path: "/l.txt"})
	d.send(LabelsRead{Job: must[ReadLabels](d).Job, Path: "/l.txt", Labels: []string{"a", "b", "c"}})
	c := must[Configure](d)
	if c.Choices.LabelsFrom != "l.txt" || c.Choices.Preprocess == nil {
		t.Errorf("%+v", c.Choices)
	}
	info := model("m")
	info.Labels = c.Choices.Labels
	d.send(ModelOpened{Job: c.Job, Info: info})
	must[Explain](d)
	if d.Label(0, 2) != "c" || d.Label(0, 3) != "" {
		t.Errorf("label %q", d.Label(0, 2))
	}
}

func TestDrop(t *testing.T) {
	d := opened(t)
	d.send(FilesGiven{Paths: []string{"/p"}})
	must[SortFiles](d)
	d.send(FilesSorted{Images: []string{"/p/1.png", "/p/2.png"}, Models: []string{"/p/m.onnx"}})
	if len(d.Items) != 4 || d.Current != d.Items[2].ID || must[OpenModel](d).Ref != "/p/m.onnx" || must[OpenPhoto](d).Ref != "/p/1.png" {
		t.Errorf("%d items", len(d.Items))
	}
	d.send(FilesSorted{Images: []string{"/p/2.png"}})
	if len(d.Items) != 4 || d.Current != d.Items[3].ID {
		t.Error("a picture that is open already is shown, not added again")
	}
	d.send(FilesSorted{Refused: "/a/notes.txt"})
	if d.Toast.Text != "notes.txt is neither a picture nor an ONNX model." || !d.Toast.Warning {
		t.Errorf("%+v", d.Toast)
	}
	d.send(FilesSorted{Refused: "/a/notes.txt", Others: 3})
	if d.Toast.Text != "notes.txt and 3 more are neither pictures nor ONNX models." {
		t.Errorf("%+v", d.Toast)
	}
	d.send(FilesSorted{})
	if d.Toast.Text != "There are no pictures in what was dropped." {
		t.Errorf("%+v", d.Toast)
	}
}

func TestCancel(t *testing.T) {
	d := opened(t)
	d.send(Cancelled{})
	if len(d.cmds) != 0 || d.Toast.Serial != 0 {
		t.Error("nothing runs, nothing is said")
	}
	d.send(LayerPicked{Value: "l0"})
	e := must[Explain](d)
	if !d.Busy() {
		t.Error("busy")
	}
	d.send(Cancelled{})
	if must[Cancel](d).Job != e.Job || d.Busy() || d.Panes[0].Overlay == nil {
		t.Error("the job ends and the old map stays")
	}
	if d.Panes[0].Layer != task.Auto {
		t.Errorf("the old map stands under layer %q", d.Panes[0].Layer)
	}
}

func TestExport(t *testing.T) {
	d := opened(t)
	d.send(ExportPicked{Path: "/r.png"})
	e := must[Export](d)
	if len(e.Results) != 1 || e.Path != "/r.png" || !slices.Equal(e.Styles, []heatmap.Style{heatmap.DefaultStyle()}) {
		t.Errorf("%+v", e)
	}
	d.send(Exported{Job: e.Job, Path: e.Path})
	if d.Toast.Warning || d.Export != 0 {
		t.Errorf("%+v", d.Toast)
	}
	d.send(ItemStepped{By: 1})
	open := must[OpenPhoto](d)
	d.send(PhotoOpened{Job: open.Job, Item: open.Item, Info: picture("b")})
	d.send(ExportPicked{Path: "/r.png"})
	without[Export](d)
	if !d.Toast.Warning {
		t.Error("without a map there is nothing to export, and that is said")
	}
}

func TestExportSaysWhatItLacksOrWaits(t *testing.T) {
	d := opened(t)
	d.send(LinksSet{})
	d.send(LayoutPicked{Panes: 3})
	d.settled()
	d.send(ShowPicked{Pane: 2, Show: ShowAgreement})
	d.send(PaneActivated{Pane: 1})
	d.send(ColormapPicked{ID: "viridis"})
	d.send(MethodPicked{Pane: 1, ID: "gradcam"})
	d.send(ClassPicked{Pane: 1, Class: 2})
	slow := must[Explain](d)
	if got := d.Unready(); !slices.Equal(got, []int{1}) {
		t.Fatalf("panes %v are on their way", got)
	}
	// Without waiting the report says what it lacks.
	d.send(ExportPicked{Path: "/r.png"})
	e := must[Export](d)
	d.send(Exported{Job: e.Job, Path: e.Path})
	if len(e.Results) != 1 || !d.Toast.Warning || !strings.Contains(d.Toast.Text, "Not in it: pane 2 (gradcam), pane 3 (Agreement)") {
		t.Errorf("%d maps; said %q", len(e.Results), d.Toast.Text)
	}
	// Waiting, it is written once all are there, each in its own style.
	d.cmds = nil
	d.send(ExportPicked{Path: "/r.png", Wait: true})
	without[Export](d)
	if d.Export == 0 {
		t.Fatal("nothing waits")
	}
	d.send(Explained{Job: slow.Job, Result: task.Result{Task: slow.Task, Map: task.Map{Width: 2, Height: 1, Values: []float32{0, 1}}}})
	e = must[Export](d)
	if len(e.Results) != 2 || e.Styles[0].Colormap == "viridis" || e.Styles[1].Colormap != "viridis" || e.Job != d.Export {
		t.Errorf("%+v", e)
	}
	// Esc and another picture end the wait.
	for _, end := range []Msg{Cancelled{}, ItemStepped{By: 1}} {
		d.send(ClassPicked{Pane: 1, Class: d.Panes[1].Class - 1})
		d.send(ExportPicked{Path: "/r.png", Wait: true})
		d.cmds = nil
		d.send(end)
		if without[Export](d); d.Export != 0 {
			t.Errorf("%T: still waits", end)
		}
	}
}

func TestDeviceChangeAsksAgain(t *testing.T) {
	d := opened(t)
	d.send(DevicePicked{ID: "cuda"})
	if must[Explain](d).Task.Device != "cuda" || must[Predict](d).Task.Device != "cuda" || must[Remember](d).Value != "cuda" {
		t.Errorf("%+v", d.cmds)
	}
}

func TestThumbsAreWantedWhereSeenAndBounded(t *testing.T) {
	d := opened(t)
	var paths []string
	for i := range 1000 {
		paths = append(paths, "/p/"+strconv.Itoa(i)+".png")
	}
	d.send(FilesSorted{Images: paths})
	d.send(ItemsVisible{First: 100, Last: 110})
	w := must[Thumbs](d)
	if len(w.Wanted) != 10+2*ahead || w.Wanted[0].Item != d.Items[100].ID || !w.Wanted[0].Label || w.Task.Model.SHA256 != "sha-m" {
		t.Fatalf("%d wanted, first %+v", len(w.Wanted), w.Wanted[0])
	}
	for _, it := range d.Items {
		d.send(StripMade{Thumbs: []ThumbMade{{Item: it.ID, Thumb: image.NewRGBA(image.Rect(0, 0, 1, 1))}}})
	}
	count := 0
	for _, it := range d.Items {
		if it.Thumb != nil {
			count++
		}
	}
	if count != maxThumbs || d.Items[105].Thumb == nil || d.Items[len(d.Items)-2].Thumb != nil {
		t.Errorf("%d thumbnails kept", count)
	}
	d.send(StripMade{Thumbs: []ThumbMade{{Item: d.Items[101].ID, Err: "broken"}}})
	d.send(ItemsVisible{First: 101, Last: 102})
	for _, w := range must[Thumbs](d).Wanted {
		if w.Item == d.Items[101].ID {
			t.Error("a broken file is not tried again and again")
		}
	}
	d.send(StripMade{Labels: []ItemLabelled{{Item: d.Items[102].ID, Asked: d.Film.asked, Model: "sha-other", Top: task.Score{Label: "x"}}}})
	if d.Items[102].Label != "" {
		t.Error("another model's label was taken")
	}
}

func TestSettings(t *testing.T) {
	d := opened(t)
	d.send(ThemePicked{Theme: "dark"})
	d.send(LanguagePicked{Tag: "zh-Hans"})
	if d.Settings != (Settings{Theme: "dark", Language: "zh-Hans", Scale: 1}) || must[Remember](d) != (Remember{"language", "zh-Hans"}) {
		t.Errorf("%+v", d.Settings)
	}
}

func TestParams(t *testing.T) {
	d := opened(t)
	info := model("p")
	info.Methods[1].Seeded = true
	info.Methods[1].Params = []task.Param{{ID: "samples", Default: 25, Min: 2, Max: 1000, Step: 1}, {ID: "rule", Min: 0, Max: 2, Step: 1, Choices: []string{"a", "b", "c"}}}
	d.send(ModelPicked{Ref: "/p.onnx"})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: info})
	d.finish(must[Explain](d))
	d.send(SeedSet{Seed: 4})
	without[Explain](d)
	d.send(MethodPicked{ID: "saliency"})
	e := must[Explain](d)
	if e.Task.Seed != 4 || e.Task.Params != nil {
		t.Errorf("%+v", e.Task)
	}
	d.send(ParamSet{ID: "rule", Value: 1.7})
	e = must[Explain](d)
	if !reflect.DeepEqual(e.Task.Params, map[string]float64{"rule": 2}) {
		t.Errorf("%v", e.Task.Params)
	}
	d.send(ParamSet{ID: "none", Value: 1})
	d.send(ParamSet{Pane: 7, ID: "rule", Value: 1})
	without[Explain](d)
	before := d.State
	// Sliding computes once, when it rests; what ran is given up at once.
	var waits []Wait
	for i := range 10 {
		d.send(ParamSet{ID: "samples", Value: 30 + float64(i), Sliding: true})
		without[Explain](d)
		waits = append(waits, must[Wait](d))
		if must[Cancel](d); waits[i].For != settle {
			t.Errorf("%+v", waits[i])
		}
	}
	for _, w := range waits {
		d.send(Waited{Job: w.Job})
	}
	e = must[Explain](d)
	if !reflect.DeepEqual(e.Task.Params, map[string]float64{"rule": 2, "samples": 39}) || !reflect.DeepEqual(before.Panes[0].Params["saliency"], map[string]float64{"rule": 2}) {
		t.Errorf("%v, before %v", e.Task.Params, before.Panes[0].Params)
	}
	d.finish(e)
	d.send(ParamSet{ID: "samples", Value: 39, Sliding: true})
	without[Wait](d)
	d.send(ParamSet{ID: "samples", Value: math.NaN()})
	if got := must[Explain](d).Task.Params["samples"]; got != 2 {
		t.Errorf("samples %v", got)
	}
	if m, _ := d.Method(0); !d.Panes[0].Changed(m) || d.Panes[0].Param(m.Params[0]) != 2 {
		t.Errorf("%+v", d.Panes[0])
	}
	d.send(ParamsReset{})
	e = must[Explain](d)
	if m, _ := d.Method(0); len(e.Task.Params) != 0 || e.Task.Seed != 0 || d.Panes[0].Changed(m) || d.Panes[0].Param(m.Params[0]) != 25 {
		t.Errorf("%+v", e.Task)
	}
}

func TestParamsOnASlider(t *testing.T) {
	samples := task.Param{Min: 2, Max: 1000, Step: 1}
	noise := task.Param{Min: 0, Max: 1, Step: 0.05}
	for _, c := range []struct {
		k        task.Param
		at, want float64
	}{{samples, 0, 2}, {samples, 1, 1000}, {samples, 0.5, 45}, {samples, -3, 2}, {noise, 0.16, 0.15}, {noise, 0.51, 0.5}, {noise, math.NaN(), 0}, {noise, 2, 1}} {
		if got := ParamAt(c.k, c.at); got != c.want {
			t.Errorf("at %v: %v, want %v", c.at, got, c.want)
		}
	}
	for _, k := range []task.Param{samples, noise, {Min: 3, Max: 3}} {
		for v := k.Min; v <= k.Max; v += max(k.Max-k.Min, 1) / 7 {
			v := stepped(k, v)
			if got := ParamAt(k, ParamPlace(k, v)); got != v {
				t.Errorf("%+v: %v came back as %v", k, v, got)
			}
		}
	}
}

func TestPaneWithAModelOfItsOwn(t *testing.T) {
	d := opened(t)
	d.send(CompareToggled{})
	d.finish(must[Explain](d))
	d.send(ModelPicked{Ref: "/own.onnx", Pane: 1})
	info := model("own")
	info.Labels = []string{"x", "y", "z"}
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: info})
	p, e := must[Predict](d), must[Explain](d)
	if d.pane(e) != 1 || e.Task.Model.Name != "own" || p.Task.Model.Name != "own" || d.Model.Info.Title != "m" || d.Panes[0].Overlay == nil {
		t.Fatalf("%+v", e)
	}
	d.send(Predicted{Job: p.Job, Item: p.Item, Prediction: task.Prediction{Scores: []task.Score{{Label: "x"}}, Order: []int{0}}})
	if d.ForwardOf(1).Prediction == nil || d.ForwardOf(0).Prediction == d.ForwardOf(1).Prediction || d.Items[0].Label != "dog" {
		t.Error("the pane's answer is the pane's alone")
	}
	if d.Label(0, 0) != "cat" || d.Label(1, 0) != "x" || d.Holder(1) != 1 {
		t.Errorf("labels %q, %q", d.Label(0, 0), d.Label(1, 0))
	}
	d.send(PresetPicked{Spec: prep.Spec{Scale: 2}, Pane: 1})
	c := must[Configure](d)
	if c.SHA256 != "sha-own" || d.Model.Choices.Preprocess != nil {
		t.Errorf("%+v", c)
	}
	d.send(ModelOpened{Job: c.Job, Info: info})
	if e := must[Explain](d); d.pane(e) != 1 || d.Panes[1].Own.Choices.Preprocess == nil {
		t.Errorf("%+v", e)
	}
	// The next picture is shown to both.
	d.send(ItemStepped{By: 1})
	open := must[OpenPhoto](d)
	d.send(PhotoOpened{Job: open.Job, Item: open.Item, Info: picture("b")})
	var asked []string
	for _, c := range d.cmds {
		switch c := c.(type) {
		case Predict:
			asked = append(asked, c.Task.Model.Name)
		case Explain:
			asked = append(asked, c.Task.Model.Name)
		}
	}
	if !reflect.DeepEqual(asked, []string{"m", "own", "m", "own"}) {
		t.Errorf("%v", asked)
	}
	d.send(ModelPicked{Pane: 1})
	if e := must[Explain](d); e.Task.Model.Name != "m" || d.Panes[1].Own != nil || d.Holder(1) != 0 {
		t.Errorf("%+v", e)
	}
	d.send(ModelPicked{Ref: "/m.onnx", Pane: 1})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: model("m")})
	if d.Panes[1].Own != nil {
		t.Error("the window's model is not opened twice")
	}
}

func TestWindowsModelReplacesAPanesOwn(t *testing.T) {
	d := opened(t)
	d.send(CompareToggled{})
	d.send(ModelPicked{Ref: "/own.onnx", Pane: 1})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: model("own")})
	d.send(CompareToggled{})
	d.send(ModelPicked{Ref: "/own.onnx"})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: model("own")})
	if d.Model.Info.Title != "own" || d.Panes[1].Own != nil {
		t.Errorf("%+v", d.Panes[1])
	}
}

func TestDemonstration(t *testing.T) {
	d := opened(t)
	d.send(DemonstrationPicked{})
	if len(d.cmds) != 0 || !d.Toast.Warning {
		t.Errorf("what is missing is told: %+v", d.cmds)
	}
	d = &desk{t: t}
	d.State, _ = New(Options{Model: "/other.onnx"})
	d.send(EngineReady{
		Known:   []task.KnownModel{{Ref: DefaultModel, Here: true}, {Ref: biasedModel, Here: true}},
		Gallery: []task.GalleryItem{{Ref: "gallery:a"}, {Ref: misleadingItem, Truth: "cat"}},
	})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: model("other")})
	d.send(DemonstrationPicked{})
	open, photo := must[OpenModel](d), must[OpenPhoto](d)
	if open.Ref != DefaultModel || photo.Ref != misleadingItem || d.Shown != 2 {
		t.Fatalf("%+v %+v", open, photo)
	}
	d.send(PhotoOpened{Job: photo.Job, Item: photo.Item, Info: picture("cat")})
	honest := model("honest")
	honest.Ref.Path = DefaultModel
	d.send(ModelOpened{Job: open.Job, Info: honest})
	open = must[OpenModel](d)
	if open.Ref != biasedModel {
		t.Fatalf("%+v", open)
	}
	biased := model("biased")
	biased.Ref.Path = biasedModel
	d.send(ModelOpened{Job: open.Job, Info: biased})
	if e := must[Explain](d); d.pane(e) != 1 || e.Task.Model.Name != "biased" || e.Task.Method != "gradcam" || e.Task.Target.Class != task.AutoClass || d.Model.Info.Title != "honest" {
		t.Errorf("%+v", e)
	}
	d.send(MethodPicked{Pane: 1, ID: "saliency"})
	d.send(DemonstrationPicked{})
	without[OpenModel](d)
	if d.Panes[1].Method != "gradcam" || d.Panes[1].Own == nil {
		t.Errorf("%+v", d.Panes[1])
	}
}

// A target's number is asked with it, and left with it.
func TestTargetsNumber(t *testing.T) {
	d := opened(t)
	d.send(KindParamSet{Value: 0.5})
	without[Explain](d)
	d.send(KindPicked{Kind: "finer"})
	d.send(KindParamSet{Value: 0.5})
	if got := must[Explain](d).Task.Target; got.Kind != "finer" || got.Param != 0.5 {
		t.Errorf("asked %+v", got)
	}
	s, _ := d.State.Session()
	if q := questionOf(s.Panes[0], d.Model.Opened); q.KindParam != 0.5 {
		t.Errorf("restored as %v", q.KindParam)
	}
	d.send(KindParamSet{Value: 7})
	without[Explain](d)
	d.send(KindPicked{Kind: task.Logit})
	if got := must[Explain](d).Task.Target; got.Param != 0 {
		t.Errorf("asked %+v", got)
	}
}
