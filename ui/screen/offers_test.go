package screen

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"seewhy/analysis/task"
	"seewhy/models/prep"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// short makes a pane's question fail for want of memory.
func (d *desk) short() {
	d.t.Helper()
	d.loop.Handle(state.MethodPicked{ID: "lime"})
	d.loop.Handle(state.MethodPicked{ID: "saliency"})
	d.loop.Handle(state.ExplainFailed{
		Job: d.loop.State().Panes[0].Job,
		Err: "Saliency on any: not enough memory; choose a layer nearer to the output, a smaller input size where the model allows it, or a method that needs no gradient of the input such as Grad-CAM or RISE",
		Lighter: []task.Lighter{
			{Size: prep.Size{Width: 160, Height: 160}},
			{Size: prep.Size{Width: 128, Height: 96}},
			{Method: "gradcam", Title: "Grad-CAM"},
			{Method: "lime", Title: "LIME"},
		},
	})
}

// Where memory was short, a click asks what needs less.
func TestOffersAreButtons(t *testing.T) {
	for _, c := range []struct {
		theme, language string
		first           string
	}{{look.Dark, "en", "Ask at 160 px"}, {look.Light, "zh-Hans", "以 160 像素计算"}} {
		d := newDesk(t, c.theme, c.language, 1280, 772, state.Options{Model: "/models/anysize.onnx"})
		d.until("heat", heat)
		p := d.stage.panes[0]
		d.short()
		d.shot("offers-" + c.language)
		o := p.offers
		if len(o.root.Objects) != 4 || !o.root.Visible() || o.root.Objects[0].(*widget.Button).Text() != c.first {
			t.Fatalf("%d buttons", len(o.root.Objects))
		}
		if o.root.Position().Y < p.words.Position().Y+p.words.Size().Height {
			t.Errorf("the buttons at %v lie on the words", o.root.Position())
		}
		test.Tap(o.root.Objects[0].(*widget.Button))
		d.until("smaller", heat)
		if r := d.loop.State().Panes[0].Result; r.Task.Size != (prep.Size{Width: 160, Height: 160}) || r.Task.Method != "saliency" || o.root.Visible() {
			t.Errorf("%+v", r.Task)
		}
		d.short()
		test.Tap(o.root.Objects[2].(*widget.Button))
		d.until("lighter", heat)
		if r := d.loop.State().Panes[0].Result; r.Task.Method != "gradcam" {
			t.Errorf("method %s", r.Task.Method)
		}
		// In the smallest pane all buttons stay within the picture.
		d.loop.Handle(state.LayoutPicked{Panes: 9})
		d.until("nine", heat)
		d.short()
		d.shot("offers-small-" + c.language)
		bottom := p.viewport.Position().Y + p.viewport.Size().Height
		if !o.root.Objects[0].Visible() {
			t.Error("the nearest offer has no room")
		}
		for _, b := range o.root.Objects {
			if !b.Visible() {
				continue
			}
			if y := o.root.Position().Y + b.Position().Y + b.Size().Height; y > bottom+1 {
				t.Errorf("a button ends at %v, the picture at %v", y, bottom)
			}
		}
	}
}

// The settings have the input size of models that take any.
func TestSizeField(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{Model: "/models/anysize.onnx"})
	d.until("heat", heat)
	p := d.stage.panes[0]
	if p.settings.Disabled() {
		t.Fatal("no settings, though the model takes any size")
	}
	test.Tap(p.settings)
	f := p.form
	d.shot("size")
	if f.size == nil || f.size.field.Text != "96" || !f.reset.Disabled() {
		t.Fatalf("%+v", f.size)
	}
	enter := func(text, shown string, want prep.Size) {
		t.Helper()
		f.size.field.SetText("")
		test.Type(f.size.field, text)
		f.size.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		d.until(text, func(s state.State) bool {
			r := s.Panes[0].Result
			return s.Panes[0].Job == 0 && r != nil && r.Task.Size == want
		})
		if f.size.field.Text != shown {
			t.Errorf("%q shows %q", text, f.size.field.Text)
		}
	}
	enter("160", "160", prep.Size{Width: 160, Height: 160})
	// At another size the model may be sure of another class than the list says.
	s := d.loop.State()
	r := *s.Panes[0].Result
	r.Target.Class = 3
	s.Panes[0].Result = &r
	if got := className(s, 0); got != "bottle" {
		t.Errorf("the map of a bottle is called one of %s", got)
	}
	enter("160 × 120", "160x120", prep.Size{Width: 160, Height: 120})
	enter("wide", "160x120", prep.Size{Width: 160, Height: 120})
	enter("-5", "160x120", prep.Size{Width: 160, Height: 120})
	if f.reset.Disabled() {
		t.Error("nothing to reset")
	}
	test.Tap(f.size.own)
	d.until("own", func(s state.State) bool { return heat(s) && s.Panes[0].Result.Task.Size == prep.Size{} })
	if f.size.field.Text != "96" {
		t.Errorf("its own shows %q", f.size.field.Text)
	}
}

// TF32 can be chosen where the device in use knows it, and devices tell their memory.
func TestPrecisionAndMemoryOfDevices(t *testing.T) {
	for _, language := range []string{"en", "zh-Hans"} {
		d := newDesk(t, map[string]string{"en": look.Light, "zh-Hans": look.Dark}[language], language, 1280, 772, state.Options{})
		d.until("heat", heat)
		d.loop.Handle(state.SettingsToggled{})
		p := d.page()
		if p.precision.root.Visible() {
			t.Error("the CPU has no TF32")
		}
		card := &task.Memory{Card: "NVIDIA A", Total: 24 << 30, Free: 20 << 30}
		d.loop.Handle(state.DevicesListed{Devices: []task.DeviceInfo{
			{ID: "cuda", Title: "CUDA", Works: true, TF32: true, Half: true, Memory: card}, {ID: "cpu", Title: "CPU", Works: true, Memory: &task.Memory{Total: 16 << 30, Free: 8 << 30}},
		}})
		d.loop.Handle(state.DevicePicked{ID: "cuda"})
		d.until("cuda", heat)
		d.shot("tf32-" + language)
		if !p.precision.root.Visible() || d.loop.State().TF32 {
			t.Fatal("no choice on CUDA, or not off")
		}
		test.Tap(p.precision.fast)
		d.until("tf32", func(s state.State) bool { return heat(s) && s.Panes[0].Result.Task.TF32 })
		if words := memoryText(d.loop.State().Devices[0]); language == "en" && words != "NVIDIA A, 24.0 GB, of which 20.0 GB are free" {
			t.Errorf("%q", words)
		}
		test.Tap(p.precision.half)
		d.until("float16", func(s state.State) bool { r := s.Panes[0].Result; return heat(s) && r.Task.Half && !r.Task.TF32 })
		test.Tap(p.precision.exact)
		d.until("float32", func(s state.State) bool {
			return heat(s) && !s.Panes[0].Result.Task.TF32 && !s.Panes[0].Result.Task.Half
		})
		d.loop.Handle(state.SettingsToggled{})
		test.Tap(d.side.device)
		d.shot("devices-" + language)
	}
}
