package screen

import (
	"image"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// modelPanel is the left side: the model, what it is given, where it runs.
type modelPanel struct {
	*context
	title, file, about, facts, gradients, trouble *widget.Text
	missed                                        *widget.Text
	doing                                         *widget.Text
	bar                                           *widget.Progress
	stop                                          *widget.Button
	work                                          *fyne.Container
	models, preset, labels, device                *widget.Picker
	seen                                          *canvas.Image
	steps, guessed, notes                         *widget.Text
	column                                        *fyne.Container
	root                                          fyne.CanvasObject

	last  modelView
	drawn bool
}

// modelView is what the panel shows, to tell whether anything changed.
type modelView struct {
	model   state.Model
	opened  state.Opened
	pane    int
	seen    image.Image
	devices []task.DeviceInfo
	device  string
	ran     string
	phase   state.Phase
}

func heading(text string) *widget.Text {
	return widget.NewText(upper(text)).Small().Bold().Colored(look.Faint)
}

const seenSide = 92

// dot parts words; a line breaks after it, never before.
const dot = "\u00a0· "

func newModelPanel(c *context) *modelPanel {
	p := &modelPanel{
		context: c,
		title:   widget.NewText("").Bold().Sized(15), file: widget.NewText("").Small(), about: widget.NewText("").Small().Wrapped(3), facts: widget.NewText("").Small().Wrapped(3),
		gradients: widget.NewText("").Small().Wrapped(6), trouble: widget.NewText("").Small().Colored(look.Error).Wrapped(5),
		missed: widget.NewText("").Small().Colored(look.Warning).Wrapped(7),
		doing:  widget.NewText("").Small(), bar: widget.NewProgress(),
		steps: widget.NewText("").Small().Wrapped(0), guessed: widget.NewText("").Small().Colored(look.Warning).Wrapped(4), notes: widget.NewText("").Small().Wrapped(6),
		seen: canvas.NewImageFromImage(nil),
	}
	// An image without a picture cannot be drawn.
	p.seen.Hide()
	p.seen.FillMode, p.seen.ScaleMode, p.seen.CornerRadius = canvas.ImageFillContain, canvas.ImageScalePixels, 4
	p.stop = widget.NewButton(i18n.T("Cancel"), nil, widget.Quiet, func() { c.Send(state.Cancelled{}) })
	p.work = container.New(workRow{}, p.doing, p.stop, p.bar)
	open := widget.NewButton(i18n.T("Open model…"), theme.FolderOpenIcon(), widget.Normal, func() { c.Ask(AskModel) })
	p.models = widget.NewPicker("", p.chooseModel)
	p.models.SetValue(i18n.T("Models"))
	p.preset = widget.NewPicker(i18n.T("Preprocessing"), p.choosePreset)
	p.labels = widget.NewPicker(i18n.T("Class names"), func() { c.Ask(AskLabels) })
	p.device = widget.NewPicker(i18n.T("Device"), func() { chooseDevice(c, p.device) })
	seen := container.New(seenRow{}, widget.NewSurface(look.Raised, 4), p.seen, p.steps)
	p.column = container.New(
		widget.Column{Width: sideWidth, Gap: 7, Pad: 14},
		heading(i18n.T("Model")), p.title, p.file, p.about, p.facts,
		container.New(pair{}, open, p.models), p.work, p.trouble, p.missed, p.gradients, p.notes,
		widget.Spacer(1, 5),
		heading(i18n.T("What the model sees")), seen, p.guessed, p.preset, p.labels,
		widget.Spacer(1, 5),
		heading(i18n.T("Computed on")), p.device,
	)
	scroll := container.NewVScroll(p.column)
	p.root = container.New(layout.NewStackLayout(), scroll)
	return p
}

func (p *modelPanel) content() fyne.CanvasObject { return p.root }

func (p *modelPanel) show(s state.State) {
	v := modelView{model: s.Model, opened: s.ModelOf(s.Active), pane: s.Holder(s.Active), devices: s.Devices, device: s.Device, ran: s.Last.Device, phase: s.Phase}
	if f := s.ForwardOf(s.Active); f.Prediction != nil {
		v.seen = f.Prediction.Seen
	} else if f.Job != 0 {
		// A new answer is on its way; the old picture stays until then.
		v.seen = p.last.seen
	}
	if p.drawn && reflect.DeepEqual(v, p.last) {
		return
	}
	p.drawn = true
	if v.seen != p.last.seen {
		p.seen.Image = v.seen
		p.seen.Hidden = v.seen == nil
		p.seen.Refresh()
	}
	p.last = v
	p.showWork(v.model)
	p.showModel(s)
	p.device.SetValue(deviceName(s))
	p.column.Refresh()
}

func (p *modelPanel) showWork(m state.Model) {
	if m.Job == 0 {
		p.work.Hide()
		return
	}
	words := i18n.T("Opening %s …", m.Title)
	if m.Fetching {
		words = i18n.T("Downloading %s …", m.Title)
	}
	if m.Work.What != "" && !m.Fetching {
		words = i18n.T(m.Work.What)
	}
	p.doing.SetText(words)
	p.bar.Set(m.Work.Done)
	p.work.Show()
}

func (p *modelPanel) showModel(s state.State) {
	p.trouble.SetText(i18n.Tell(s.Model.Err))
	p.missed.SetText("")
	if name := s.Model.Missed; name != "" {
		p.missed.SetText(i18n.T("This was made with %s, which is not where it was. Until it is opened, answers and maps are another model's.", name))
	}
	m := s.ModelOf(s.Active).Info
	p.preset.SetDisabled(m == nil)
	p.labels.SetDisabled(m == nil)
	p.models.SetDisabled(s.Phase != state.Ready)
	if m == nil {
		p.title.SetText(i18n.T("No model yet"))
		p.preset.SetValue("–")
		p.labels.SetValue("–")
		return
	}
	p.title.SetText(i18n.T(m.Title))
	p.file.SetText(strings.Join(fileWords(*m), dot))
	p.about.SetText(i18n.T(m.About))
	p.facts.SetText(strings.Join([]string{
		taskWords(*m), i18n.T("Input %s", inputWords(*m)), i18n.T("%d classes", m.Classes), count(m.Parameters), i18n.T("%d operations", m.Nodes), i18n.T("opset %d", m.Opset),
	}, dot))
	p.gradients.SetText(gradientWords(*m))
	p.gradients.SetColor(look.Muted)
	if len(m.Coverage.Missing) > 0 {
		p.gradients.SetColor(look.Warning)
	}
	var notes []string
	for _, n := range m.Notes {
		notes = append(notes, note(n))
	}
	p.notes.SetText(strings.Join(notes, "\n"))
	p.steps.SetText(strings.Join(preprocessing(m.Preprocess), "\n"))
	p.guessed.SetText("")
	switch {
	case m.PreprocessFrom == "" && m.LabelsFrom == "":
		p.guessed.SetText(i18n.T("The file tells neither its preprocessing nor its class names. Choose them here; they are remembered."))
	case m.PreprocessFrom == "":
		p.guessed.SetText(i18n.T("The file does not tell its preprocessing: this is a guess. Choose it here; it is remembered."))
	case m.LabelsFrom == "":
		p.guessed.SetText(i18n.T("The file does not name its classes. Choose a file of names; it is remembered."))
	}
	p.preset.SetValue(p.presetName(s))
	names := i18n.T("%d, from %s", len(m.Labels), i18n.T(m.LabelsFrom))
	if m.LabelsFrom == "" {
		names = i18n.T("Choose a file …")
	}
	p.labels.SetValue(names)
}

func (p *modelPanel) presetName(s state.State) string {
	m := s.ModelOf(s.Active)
	for _, k := range m.Presets {
		if reflect.DeepEqual(k.Spec, m.Info.Preprocess) {
			return i18n.T(k.Title)
		}
	}
	if from := m.Info.PreprocessFrom; from != "" {
		return i18n.T("From %s", i18n.T(from))
	}
	return i18n.T("Guessed")
}

// fileWords are the file's name, or that there is none, and the licence.
func fileWords(m task.ModelInfo) []string {
	name := m.Ref.Name
	switch path := m.Ref.Path; {
	case m.Ref.Builtin() || strings.HasPrefix(name, task.BuiltinPrefix):
		name = i18n.T("Built in")
	case path != "":
		name = filepath.Base(path)
	}
	if m.License == "" {
		return []string{name}
	}
	return []string{name, m.License}
}

// taskWords are what the model is for, as far as its outputs tell.
func taskWords(m task.ModelInfo) string {
	switch m.Output {
	case task.Detection:
		return i18n.T("Finds boxes; one is explained")
	case task.Segmentation:
		return i18n.T("Scores every place")
	}
	if m.Classes > 0 {
		return i18n.T("Classifies pictures")
	}
	return i18n.T("No class scores")
}

// inputWords are the shape of what the model takes, N standing for any number
// of pictures and ? for any size.
func inputWords(m task.ModelInfo) string {
	parts := make([]string, len(m.Input.Shape))
	for i, d := range m.Input.Shape {
		switch {
		case d >= 0:
			parts[i] = strconv.Itoa(d)
		case i == 0:
			parts[i] = "N"
		default:
			parts[i] = "?"
		}
	}
	words := strings.Join(parts, " × ")
	if m.Input.Type != "" {
		words += " " + m.Input.Type
	}
	return words
}

// gradientWords says how much of the model can be explained exactly.
func gradientWords(m task.ModelInfo) string {
	if len(m.Coverage.Missing) == 0 {
		return i18n.T("Exact gradients: all %d operations.", m.Coverage.Nodes)
	}
	var missing, works []string
	for _, o := range m.Coverage.Missing {
		where := ""
		if len(o.Nodes) > 0 {
			where = " (" + o.Nodes[0] + ")"
		}
		missing = append(missing, o.Op+where)
	}
	for _, k := range m.Methods {
		if k.Why == "" {
			works = append(works, i18n.T(k.Title))
		}
	}
	out := i18n.T("Exact gradients for %.0f %% of the operations. No rule for %s.", m.Coverage.Percent(), strings.Join(missing, ", "))
	if len(works) > 0 {
		out += " " + i18n.T("What still works: %s.", strings.Join(works, ", "))
	}
	return out
}

func (p *modelPanel) chooseModel() {
	pane := p.state.Holder(p.state.Active)
	choose(p.models, 380, modelChoices(*p.state, p.state.ModelOf(pane).Info), i18n.T("Find a model"), func(ref string) {
		p.Send(state.ModelPicked{Ref: ref, Pane: pane})
	})
}

// modelChoices lists the models that can be opened by name, by where they are.
func modelChoices(s state.State, chosen *task.ModelInfo) []widget.Choice {
	titles := map[string]string{"builtin": i18n.T("Built in"), "recent": i18n.T("Recent"), "catalogue": i18n.T("Catalogue")}
	var items []widget.Choice
	for _, source := range []string{"builtin", "recent", "catalogue"} {
		// What is said of all of them is said once.
		common := commonAbout(s.Known, source)
		items = append(items, widget.Choice{Header: true, Title: titles[source], Note: i18n.T(common)})
		for _, k := range s.Known {
			if k.Source != source {
				continue
			}
			detail := size(k.Bytes)
			if !k.Here {
				detail = i18n.T("download %s", detail)
			}
			var about []string
			for _, w := range []string{k.About, k.License} {
				if w != "" && w != common {
					about = append(about, i18n.T(w))
				}
			}
			items = append(items, widget.Choice{ID: k.Ref, Title: i18n.T(k.Title), Detail: detail, Note: strings.Join(about, " · "), Chosen: chosen != nil && k.Ref == chosen.Ref.Path})
		}
	}
	return items
}

// commonAbout is what more than one model from a source has for its
// description, where all have the same.
func commonAbout(known []task.KnownModel, source string) string {
	n, about := 0, ""
	for _, k := range known {
		if k.Source != source {
			continue
		}
		if n++; n > 1 && k.About != about {
			return ""
		}
		about = k.About
	}
	if n < 2 {
		return ""
	}
	return about
}

func (p *modelPanel) choosePreset() {
	specs := map[string]prep.Spec{}
	var items []widget.Choice
	pane := p.state.Active
	m := p.state.ModelOf(pane)
	for _, k := range m.Presets {
		specs[k.ID] = k.Spec
		items = append(items, widget.Choice{ID: k.ID, Title: i18n.T(k.Title), Note: strings.Join(preprocessing(k.Spec), " · "), Chosen: reflect.DeepEqual(k.Spec, m.Info.Preprocess)})
	}
	choose(p.preset, 360, items, "", func(id string) { p.Send(state.PresetPicked{Spec: specs[id], Pane: pane}) })
}

// deviceName is what computes, in words.
func deviceName(s state.State) string {
	id := s.Device
	if id == task.Auto && s.Last.Device != "" {
		id = s.Last.Device
	}
	for _, d := range s.Devices {
		if d.ID == id {
			if s.Device == task.Auto {
				return i18n.T("%s (chosen automatically)", i18n.T(d.Title))
			}
			return i18n.T(d.Title)
		}
	}
	return i18n.T("Automatic")
}

func chooseDevice(c *context, anchor fyne.CanvasObject) {
	items := []widget.Choice{{ID: task.Auto, Title: i18n.T("Automatic"), Note: autoWords(c.state.Devices), Chosen: c.state.Device == task.Auto}}
	for _, d := range c.state.Devices {
		why := i18n.Tell(d.Why)
		if d.Works {
			why = ""
		} else if why == "" {
			why = i18n.T("It does not work here.")
		}
		items = append(items, widget.Choice{ID: d.ID, Title: i18n.T(d.Title), Note: deviceWords(d), Why: why, Chosen: c.state.Device == d.ID})
	}
	choose(anchor, 340, items, "", func(id string) { c.Send(state.DevicePicked{ID: id}) })
}
