package screen

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// answer is the right side: what the model says, and what of it is explained.
type answer struct {
	*context
	head              *widget.Text
	top, share, truth *widget.Text
	// was tells the answer to the picture without its edits.
	was *widget.Text
	// area says of a segmentation what its percentages are.
	area *widget.Text
	list *widget.Classes
	// found are a detector's boxes, under a line with their number.
	found *foundBoxes
	like  *likeRow
	kinds map[task.TargetKind]*widget.Button
	// more opens the list of all targets; other shows one without a button.
	more  *widget.Button
	other *widget.Picker
	// setting is the number that the target takes.
	setting *widget.Picker
	rather  *widget.Picker
	follow  *widget.Button
	explain *widget.Text
	foot    *fyne.Container
	root    fyne.CanvasObject

	last  answerView
	drawn bool
	// waits is the job whose answer is waited for; late says that it takes long.
	waits state.JobID
	late  bool
}

// answerPatience is how long the answer to the picture before stays.
const answerPatience = 600 * time.Millisecond

type answerView struct {
	prediction *task.Prediction
	err        string
	labels     *task.ModelInfo
	truth      string
	pane       int
	shown      int
	class      int
	kind       task.TargetKind
	rather     int
	setting    float64
	own        bool
	before     *task.Prediction
	original   bool
	// unmarked says that boxes are not drawn over the photo.
	unmarked bool
	like     *task.ImageRef
	likeness state.Likeness
	// made says that the pane is made of others, and asks nothing itself.
	made bool
}

func newAnswer(c *context) *answer {
	a := &answer{
		context: c,
		top:     widget.NewText("").Bold().Sized(18), share: widget.NewText("").Sized(18).Colored(look.Muted).Whole(), truth: widget.NewText("").Small().Wrapped(3), was: widget.NewText("").Small().Wrapped(2), area: widget.NewText("").Small().Wrapped(3),
		list: widget.NewClasses(i18n.T("Search all classes"), i18n.T("No class has such a name.")), kinds: map[task.TargetKind]*widget.Button{},
	}
	a.list.OnPicked = func(class int) { c.Send(state.ClassPicked{Pane: c.state.Active, Class: class}) }
	a.list.OnMenu = a.classMenu
	a.list.OnPinned = func(class int) { c.Send(state.ClassPinned{Class: class}) }
	var kinds []fyne.CanvasObject
	for _, t := range target.All() {
		if !t.Quick {
			continue
		}
		b := widget.NewButton(kind(t.ID), nil, widget.Normal, func() { c.Send(state.KindPicked{Pane: c.state.Active, Kind: t.ID}) })
		a.kinds[t.ID] = b
		kinds = append(kinds, b)
	}
	a.more = widget.NewButton(i18n.T("More targets"), theme.MenuDropDownIcon(), widget.Quiet, func() { chooseTarget(c, a.more) })
	a.other = widget.NewPicker(i18n.T("What is explained"), func() { chooseTarget(c, a.other) })
	a.setting = widget.NewPicker("", func() { chooseSetting(c, a.setting) })
	a.rather = widget.NewPicker(i18n.T("Why this class rather than"), a.chooseRather)
	a.follow = widget.NewButton(i18n.T("Follow the model's answer"), nil, widget.Normal, func() {
		c.Send(state.ClassPicked{Pane: c.state.Active, Class: task.AutoClass})
	})
	a.like = newLikeRow(c)
	a.explain = heading(i18n.T("Explain"))
	a.head = heading(i18n.T("Answer"))
	head := container.New(widget.Column{Width: sideWidth, Gap: 5, Pad: 14}, a.head, container.New(ends{}, a.top, a.share), a.was, a.truth, a.area)
	a.foot = container.New(widget.Column{Width: sideWidth, Gap: 7, Pad: 14}, container.New(headLine{}, a.explain, a.more), container.New(thirds{5}, kinds...), a.other, a.setting, a.rather, a.like.root, a.follow)
	a.found = newFoundBoxes(c)
	head.Add(a.found.root)
	a.root = container.New(sandwich{a.found.list}, head, a.list, a.foot)
	return a
}

func (a *answer) content() fyne.CanvasObject { return a.root }

func (a *answer) show(s state.State) {
	k := s.Panes[s.Active]
	v := answerView{prediction: s.ForwardOf(s.Active).Prediction, err: s.ForwardOf(s.Active).Err, labels: s.ModelOf(s.Active).Info, pane: s.Active, shown: s.Shown, class: k.Class, kind: k.Kind, rather: k.Rather, setting: k.KindParam, own: ownModels(s), before: s.Changed(s.Active), original: len(s.Edits()) > 0 && (k.Original || s.Marking.Peek), unmarked: s.Marks.Hidden, like: s.LikeOf(s.Active), likeness: k.Likeness, made: k.Show != state.ShowMap}
	if s.Photo.Info != nil {
		v.truth = s.Photo.Info.Truth
	}
	if job := s.ForwardOf(s.Active).Job; v.prediction != nil || job == 0 {
		a.waits, a.late = 0, false
	} else if a.drawn {
		// While a new answer is on its way the old one stays, unless that takes so
		// long that it would be read as what is said of the new picture.
		if a.waits != job {
			a.waits, a.late = job, false
			a.After(answerPatience, func() {
				if a.waits == job {
					a.late = true
					a.show(*a.state)
				}
			})
		}
		if !a.late {
			return
		}
	}
	if a.drawn && reflect.DeepEqual(v, a.last) {
		return
	}
	a.last, a.drawn = v, true
	a.showTop(s, v)
	a.found.show(s, v)
	a.area.SetText(areaWords(s, v))
	a.list.Set(classRows(s, v))
	for kind, b := range a.kinds {
		b.SetOn(kind == v.kind && v.like == nil && !v.made)
		b.SetDisabled(v.labels == nil || v.made)
	}
	what := target.Of(v.kind)
	a.more.Hidden = v.made
	a.more.SetOn(!what.Quick && v.like == nil)
	a.more.SetDisabled(v.labels == nil)
	a.other.Hide()
	if !what.Quick && v.like == nil && !v.made {
		a.other.SetValue(i18n.T(what.Title))
		a.other.Show()
	}
	a.setting.Hide()
	if p := what.Param; p != nil && v.like == nil && !v.made {
		a.setting.SetCaption(i18n.T(p.Title))
		a.setting.SetValue(settingWords(what, v.setting))
		a.setting.Show()
	}
	a.rather.Hide()
	if what.Second && v.like == nil && !v.made {
		a.rather.SetValue(a.ratherName(s, v))
		a.rather.Show()
	}
	a.follow.Hide()
	a.like.show(s)
	if v.class != task.AutoClass && v.like == nil {
		a.follow.Show()
	}
	title := i18n.T("Answer")
	if v.own {
		title = i18n.T("Answer in pane %d", v.pane+1)
	}
	a.head.SetText(upper(title))
	words := i18n.T("Explain")
	if v.shown > 1 {
		words = i18n.T("Explain in pane %d", v.pane+1)
	}
	if v.made {
		words = i18n.T("Pane %d is made of others", v.pane+1)
	}
	a.explain.SetText(upper(words))
	a.root.Refresh()
}

// ownModels says that the panes do not all ask the same model.
func ownModels(s state.State) bool {
	for i := range s.Shown {
		if s.Panes[i].Own != nil {
			return true
		}
	}
	return false
}

func (a *answer) showTop(s state.State, v answerView) {
	p := v.prediction
	if p == nil || len(p.Order) == 0 {
		a.top.SetText("–")
		a.share.SetText("")
		a.was.SetText("")
		a.truth.SetText(i18n.Tell(v.err))
		a.truth.SetColor(look.Error)
		return
	}
	best := p.Order[0]
	a.was.SetText(wasWords(s, v))
	a.top.SetText(label(s, s.Active, best))
	a.share.SetText(percent(p.Scores[best].Probability))
	a.truth.SetColor(look.Muted)
	switch {
	case v.truth == "":
		a.truth.SetText("")
	case v.truth == s.Label(s.Active, best):
		a.truth.SetText(i18n.T("Right: the picture shows %s.", i18n.T(v.truth)))
	case finds(s, v):
		// Another box is what is known of the picture.
		a.truth.SetText("")
	case knows(s, s.Active, v.truth):
		a.truth.SetText(i18n.T("Wrong: the picture shows %s.", i18n.T(v.truth)))
		a.truth.SetColor(look.Warning)
	default:
		a.truth.SetText(i18n.T("The picture shows %s, which this model does not know.", i18n.T(v.truth)))
	}
}

// areaWords say what a segmentation's percentages are; nothing of other answers.
func areaWords(s state.State, v answerView) string {
	if v.prediction == nil || v.labels == nil || v.labels.Output != task.Segmentation {
		return ""
	}
	if slices.ContainsFunc(s.Regions(), func(r task.Region) bool { return r.Asked }) {
		return i18n.T("The percentages are shares of the region's area: of the places where the class is the best.")
	}
	return i18n.T("The percentages are shares of the picture's area: of the places where the class is the best.")
}

// knows says whether a pane's model has a class of that name.
func knows(s state.State, pane int, name string) bool {
	return has(s.ModelOf(pane).Info, name)
}

func has(m *task.ModelInfo, class string) bool {
	return m != nil && slices.Contains(m.Labels, class)
}

func classRows(s state.State, v answerView) []widget.Class {
	p := v.prediction
	if p == nil {
		return nil
	}
	chosen := v.class
	if chosen == task.AutoClass && len(p.Order) > 0 {
		chosen = p.Order[0]
	}
	if v.like != nil {
		chosen = -1
	}
	rows := make([]widget.Class, 0, len(p.Order))
	for _, c := range p.Order {
		if c < 0 || c >= len(p.Scores) {
			continue
		}
		sc := p.Scores[c]
		row := widget.Class{Class: c, Label: label(s, s.Active, c), Share: sc.Probability, Percent: percent(sc.Probability), Logit: score(sc.Logit), Chosen: c == chosen}
		if v.before != nil {
			row.Changed, row.Before = true, v.before.Scores[c].Probability
			row.Change, row.Trend = changeWords(row.Before, row.Share), trend(row.Before, row.Share)
		}
		rows = append(rows, row)
	}
	return rows
}

func (a *answer) ratherName(s state.State, v answerView) string {
	if v.rather != task.AutoClass {
		return label(s, s.Active, v.rather)
	}
	return i18n.T("Auto: the strongest other")
}

func (a *answer) chooseRather() {
	if a.state.ModelOf(a.state.Active).Info == nil {
		return
	}
	active, chosen := a.state.Active, a.state.Panes[a.state.Active].Rather
	items := append([]widget.Choice{{ID: "-1", Title: i18n.T("Auto: the strongest other"), Chosen: chosen == task.AutoClass}}, classChoices(*a.state, active, chosen)...)
	choose(a.rather, sideWidth-28, items, i18n.T("Find a class"), func(id string) {
		var class int
		if _, err := fmt.Sscan(id, &class); err == nil {
			a.Send(state.RatherPicked{Pane: active, Class: class})
		}
	})
}

// ends puts one text at the left and one at the right.
type ends struct{}

func (ends) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := o[1].MinSize().Width
	put(o[0], 0, 0, size.Width-w-8, size.Height)
	put(o[1], size.Width-w, 0, w, size.Height)
}

func (ends) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(80, max(o[0].MinSize().Height, o[1].MinSize().Height))
}

// sandwich is a head and a foot of their own height and the rest between. In a low
// window the boxes in the head give way to the classes.
type sandwich struct{ boxes *widget.Boxes }

// leastClasses is what the classes need: their search and two lines.
const leastClasses float32 = 120

func (s sandwich) Layout(o []fyne.CanvasObject, size fyne.Size) {
	s.boxes.SetMost(0)
	head, foot := o[0].MinSize().Height, o[2].MinSize().Height
	if over := head + leastClasses + foot - size.Height; over > 0 && s.boxes.Visible() {
		s.boxes.SetMost(max(s.boxes.MinSize().Height-over, 1))
		head = o[0].MinSize().Height
	}
	put(o[0], 0, 0, size.Width, head)
	put(o[1], 6, head, size.Width-12, max(size.Height-head-foot, 40))
	put(o[2], 0, size.Height-foot, size.Width, foot)
}

func (sandwich) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(sideWidth, 260) }
