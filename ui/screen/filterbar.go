package screen

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/session"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// typingRest is how long the keyboard rests before the strip is searched.
const typingRest = 120 * time.Millisecond

// filterBar says which pictures the filmstrip shows, and in which order.
type filterBar struct {
	*context
	search                           *widget.Search
	mark, class, share, warned, sort *widget.Picker
	way, clear                       *widget.Button
	count, known                     *widget.Text
	form                             *shareForm
	root                             *fyne.Container
	// typed tells an older wait from the newest; typing says that one goes on.
	typed  int
	typing bool
	last   barView
}

// barView is what the bar was drawn from.
type barView struct {
	filter            state.Filter
	model             *task.ModelInfo
	shown, all, known int
	selected          int
	asking, drawn     bool
}

func newFilterBar(c *context) *filterBar {
	b := &filterBar{context: c, count: widget.NewText("").Small().Whole(), known: widget.NewText("").Small().Aligned(fyne.TextAlignTrailing)}
	b.search = widget.NewSearch(i18n.T("Name, note or class"), func(text string) {
		b.typed++
		b.typing = true
		now := b.typed
		c.After(typingRest, func() {
			if now == b.typed {
				b.typing = false
				b.set(func(f *state.Filter) { f.Text = text })
			}
		})
	})
	b.mark = widget.NewPicker("", func() { b.choose(b.mark, marks(), func(f *state.Filter) *string { return &f.Mark }) })
	b.class = widget.NewPicker("", b.chooseClass)
	b.share = widget.NewPicker("", b.openShare)
	b.warned = widget.NewPicker("", func() { b.choose(b.warned, warnings(), func(f *state.Filter) *string { return &f.Warning }) })
	b.sort = widget.NewPicker("", func() { b.choose(b.sort, sorts(), func(f *state.Filter) *string { return &f.Sort }) })
	b.way = widget.NewButton("", theme.MoveUpIcon(), widget.Quiet, func() { b.set(func(f *state.Filter) { f.Descending = !f.Descending }) })
	b.way.SetTip(c.tips, i18n.T("The other way round"))
	b.clear = widget.NewButton(i18n.T("Show all"), theme.ContentClearIcon(), widget.Quiet, func() {
		b.typed++
		b.typing = false
		c.Send(state.FilterCleared{})
	})
	b.clear.Hide()
	b.root = container.New(filterRow{}, b.search, b.mark, b.class, b.share, b.warned, b.sort, b.way, b.count, b.clear, b.known)
	return b
}

// set changes the filter.
func (b *filterBar) set(change func(*state.Filter)) {
	f := b.state.Film.Filter
	change(&f)
	b.Send(state.FilterSet{Filter: f})
}

// option is a value of the filter and its name.
type option struct{ id, title string }

func marks() []option {
	return []option{{"", i18n.T("Any mark")}, {session.Starred, i18n.T("Starred")}, {session.Rejected, i18n.T("Rejected")}, {session.Unmarked, i18n.T("Unmarked")}}
}

func warnings() []option {
	return []option{
		{"", i18n.T("Any warning or none")},
		{session.Wrong, i18n.T("Wrong answer")},
		{session.Unsure, i18n.T("Unsure answer")},
		{session.Unreadable, i18n.T("Unreadable")},
		{session.Warned, i18n.T("Map with a warning")},
	}
}

func sorts() []option {
	return []option{
		{"", i18n.T("As opened")},
		{session.ByName, i18n.T("By name")},
		{session.ByClass, i18n.T("By class")},
		{session.ByConfidence, i18n.T("By confidence")},
		{session.ByMark, i18n.T("By mark")},
	}
}

func titleOf(options []option, id string) string {
	for _, o := range options {
		if o.id == id {
			return o.title
		}
	}
	return ""
}

// choose lists options and sets the field of the filter that at finds.
func (b *filterBar) choose(p *widget.Picker, options []option, at func(*state.Filter) *string) {
	f := b.state.Film.Filter
	var items []widget.Choice
	for _, o := range options {
		items = append(items, widget.Choice{ID: o.id, Title: o.title, Chosen: *at(&f) == o.id})
	}
	choose(p, 240, items, "", func(id string) { b.set(func(f *state.Filter) { *at(f) = id }) })
}

// chooseClass lists the classes that are predicted, with how often.
func (b *filterBar) chooseClass() {
	f := b.state.Film.Filter
	items := []widget.Choice{{ID: "", Title: i18n.T("Any class"), Chosen: f.Class == ""}}
	for _, c := range b.state.FilmClasses() {
		items = append(items, widget.Choice{ID: c.Label, Title: inWords(b.state.Model.Info, c.Label), Detail: grouped(c.Count), Chosen: f.Class == c.Label})
	}
	choose(b.class, 280, items, i18n.T("Find a class"), func(id string) { b.set(func(f *state.Filter) { f.Class = id }) })
}

func (b *filterBar) openShare() {
	b.form = newShareForm(b)
	b.form.show(*b.state)
	b.form.pop = popUnder(b.share, b.form.column, 300)
}

func (b *filterBar) show(s state.State) {
	if b.form != nil {
		b.form.show(s)
	}
	f := s.Film.Filter
	known, all, asking := s.Surveying()
	now := barView{filter: f, shown: s.FilmLen(), all: all, known: known, selected: len(s.Selected), asking: asking, model: s.Model.Info, drawn: true}
	if now == b.last {
		return
	}
	b.last = now
	if !b.typing {
		b.search.SetWords(f.Text)
	}
	chosen := func(p *widget.Picker, on bool, title string) {
		p.SetValue(title)
		p.SetMuted(!on)
		p.SetOn(on)
	}
	chosen(b.mark, f.Mark != "", titleOf(marks(), f.Mark))
	class := i18n.T("Any class")
	if f.Class != "" {
		class = inWords(s.Model.Info, f.Class)
	}
	chosen(b.class, f.Class != "", class)
	chosen(b.share, f.Bounded(), shareWords(f))
	warned := i18n.T("Warnings")
	if f.Warning != "" {
		warned = titleOf(warnings(), f.Warning)
	}
	chosen(b.warned, f.Warning != "", warned)
	b.sort.SetValue(titleOf(sorts(), f.Sort))
	b.sort.SetMuted(f.Sort == "" && !f.Descending)
	b.way.SetOn(f.Descending)
	b.count.SetText(countWords(s))
	b.count.SetColor(look.Muted)
	b.clear.Hidden = !f.LeavesOut()
	if f.LeavesOut() {
		b.count.SetColor(look.Text)
	}
	words := ""
	switch {
	case f.Asks() && s.Model.Info == nil:
		words = i18n.T("The answers need a model")
	case asking:
		words = i18n.T("%s of %s known", grouped(known), grouped(all))
	}
	b.known.SetText(words)
	relay(b.root)
}

// countWords tell how many pictures are shown, of how many, and how many are
// selected.
func countWords(s state.State) string {
	words := ""
	switch n, all := s.FilmLen(), len(s.Items); {
	case s.Film.Filter.LeavesOut():
		words = i18n.T("%s of %s", grouped(n), grouped(all))
	case all == 1:
		words = i18n.T("1 picture")
	case all > 1:
		words = i18n.T("%s pictures", grouped(all))
	}
	if n := len(s.Selected); n > 0 {
		words += "  ·  " + i18n.T("%s selected", grouped(n))
	}
	return words
}

// filterRow lays the bar out from the left; what tells the progress stands at
// the right end.
type filterRow struct{}

const filterHeight float32 = 36

func (filterRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	const top, high, gap = 3, 30, 6
	x := float32(10)
	at := func(k fyne.CanvasObject, w float32) {
		put(k, x, top, w, high)
		x += w + gap
	}
	at(o[0], min(220, size.Width*0.17))
	for _, k := range o[1:5] {
		at(k, min(136, size.Width*0.105))
	}
	x += 8
	at(o[5], min(136, size.Width*0.105))
	at(o[6], high)
	x += 6
	at(o[7], o[7].MinSize().Width)
	if o[8].Visible() {
		at(o[8], o[8].MinSize().Width)
	}
	put(o[9], x, top, max(size.Width-x-14, 0), high)
}

func (filterRow) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(700, filterHeight) }
