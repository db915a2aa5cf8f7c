package state

import (
	"maps"
	"path/filepath"
	"reflect"
	"slices"

	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
	"seewhy/ui/session"
	"seewhy/ui/view"
)

// restoring is a session that waits for its model. A project also brings the
// preprocessing that its maps were made with.
type restoring struct {
	session session.Session
	project bool
	// again says that the session's model could not be opened and another one
	// is.
	again bool
}

// later is a model that a pane of its own opens once the one before is there,
// with what the pane showed, if that was saved.
type later struct {
	pane  int
	ref   string
	saved *session.Pane
}

// resuming says that an older session is being opened: its panes stand empty
// until their models are there, so the document is no one's.
func (s State) resuming() bool {
	return s.restoring != nil || s.Model.saved != nil || slices.ContainsFunc(s.Model.then, func(k later) bool { return k.saved != nil })
}

// Session is what is open, as it is saved. Without a model, and while an older
// session is being opened, there is none: what is half there must not take the
// place of what was whole.
func (s State) Session() (session.Session, bool) {
	if s.Phase != Ready || s.Model.Info == nil || s.resuming() || len(s.Model.then) > 0 {
		return session.Session{}, false
	}
	out := session.Session{
		Format: session.Format, Version: session.Version,
		Pictures: make([]session.Picture, 0, len(s.Items)), Selected: -1,
		Active: s.Active, Solo: s.Solo, LinkView: s.Links.View, LinkStyle: s.Links.Style,
		Filter: s.Film.Filter,
	}
	for i, it := range s.Items {
		if it.ID == s.Current {
			out.Selected = i
		}
		out.Pictures = append(out.Pictures, session.Picture{Path: it.Ref, Name: it.Name, SHA256: it.SHA256, Mark: it.Mark, Note: it.Note, Edits: it.Edits, Regions: it.Regions, Box: it.Box})
	}
	u := update{State: s}
	for i, p := range s.Panes[:s.Shown] {
		t := u.task(i)
		t.Image, t.Edits, t.Device, t.TF32, t.Half = task.ImageRef{}, nil, "", false, false
		// The values as they are: a method that the model lacks keeps its own.
		others := maps.Clone(p.Params)
		delete(others, p.Method)
		if len(others) == 0 {
			others = nil
		}
		t.Params, t.Seed, t.Layers, t.Size = p.Params[p.Method], p.Seed, p.Layers, p.Size
		out.Panes = append(out.Panes, session.Pane{
			Task: t, Own: p.Own != nil, Params: others,
			Show: string(p.Show), A: p.A, B: p.B, Original: p.Original, Style: p.Style, Wiped: p.Wipe.On, Wipe: p.Wipe.At,
		})
	}
	return out, true
}

// sessions handles what opens, saves and ends sessions.
func (u *update) sessions(m Msg) {
	switch m := m.(type) {
	case ProjectPicked:
		if u.Phase == Ready {
			u.do(ReadProject(m))
		}
	case ProjectRead:
		if m.Err != "" {
			u.say(true, i18n.T("%s cannot be opened: %s", filepath.Base(m.Path), i18n.Tell(m.Err)))
			return
		}
		u.opened(nil, []string{m.Path})
		u.say(false, i18n.T("Opened %s.", filepath.Base(m.Path)))
		u.restore(m.Session, true)
	case ProjectSaved:
		s, ok := u.State.Session()
		if !ok {
			u.say(true, i18n.T("There is nothing to save before a model is open."))
			return
		}
		u.do(WriteProject{Path: m.Path, Session: s})
	case ProjectWritten:
		switch {
		case m.Err != "":
			u.say(true, i18n.T("Not saved: %s", i18n.Tell(m.Err)))
		case m.Unread > 0:
			u.opened(nil, []string{m.Path})
			u.say(true, i18n.T("Saved to %s; %d pictures could not be read.", m.Path, m.Unread))
		default:
			u.opened(nil, []string{m.Path})
			u.say(false, i18n.T("Saved to %s", m.Path))
		}
	case SessionNotKept:
		// Once is enough: it is tried again after every change.
		if !u.unkept {
			u.unkept = true
			u.say(true, i18n.T("What is open cannot be kept for next time: %s", i18n.Tell(m.Err)))
		}
	case SessionCleared:
		if u.Phase == Ready {
			u.startAnew()
		}
	}
}

// startAnew closes everything and shows what the first start shows.
func (u *update) startAnew() {
	u.closeAll()
	u.Links = Links{View: true, Style: true}
	for i := range u.Panes {
		style := u.options.Style
		style.Colormap = u.Panes[i].Style.Colormap
		u.Panes[i] = freshPane()
		u.Panes[i].Style, u.Panes[i].View = style, view.View{Fit: true}
	}
	for _, g := range u.gallery {
		u.add(Item{Ref: g.Ref, Name: g.Title, Truth: g.Truth})
	}
	u.openModel(u.usualModel(), 0)
	if len(u.Items) > 0 {
		u.show(u.Items[0])
	}
	u.thumbs()
}

// closeAll leaves the window without pictures and models.
func (u *update) closeAll() {
	u.cancel(&u.Model.Job)
	u.cancel(&u.Sweep.Job)
	u.Sweep = Sweep{On: u.Sweep.On}
	u.noPhoto()
	u.Model, u.restoring, u.kept = Model{}, nil, 0
	u.Items, u.Selected, u.Film.Filter = nil, nil, Filter{}
	for i := range u.Panes {
		u.Panes[i].Own, u.Panes[i].Show = nil, ShowMap
	}
	u.Shown, u.Active, u.Solo = 1, 0, false
}

// restore opens what a session holds. Its model comes first; the panes ask
// once it is there.
func (u *update) restore(s session.Session, project bool) {
	u.closeAll()
	u.restoring = &restoring{session: s, project: project}
	u.Links = Links{View: s.LinkView, Style: s.LinkStyle}
	u.Film.Filter = s.Filter
	u.Shown, u.Active = min(len(s.Panes), MaxPanes), min(s.Active, MaxPanes-1)
	u.Solo = s.Solo && u.Shown > 1
	for i, saved := range s.Panes[:u.Shown] {
		p := &u.Panes[i]
		p.Question = freshPane().Question
		p.Style, p.Wipe, p.View = saved.Style, Wipe{On: saved.Wiped, At: saved.Wipe}, view.View{Fit: true}
	}
	for i := u.Shown; i < MaxPanes && u.Links.Style; i++ {
		u.Panes[i].Style = u.Panes[u.Active].Style
	}
	truths := map[string]task.GalleryItem{}
	for _, g := range u.gallery {
		truths[g.Ref] = g
	}
	var missing []string
	for i, k := range s.Pictures {
		it := Item{Ref: k.Path, Name: k.Name, SHA256: k.SHA256, Mark: k.Mark, Note: k.Note, Edits: k.Edits, Regions: k.Regions, Box: k.Box, Truth: truths[k.Path].Truth}
		if it.Name == "" {
			it.Name = filepath.Base(k.Path)
		}
		if k.Missing {
			missing = append(missing, it.Name)
		}
		added := u.add(it)
		if i == s.Selected {
			u.Current = added.ID
		}
	}
	switch len(missing) {
	case 0:
	case 1:
		u.say(true, i18n.T("%s is not where it was.", missing[0]))
	default:
		u.say(true, i18n.T("%s and %d more are not where they were.", missing[0], len(missing)-1))
	}
	ref := s.Panes[0].Task.Model.Path
	if s.Panes[0].Missing || !u.here(ref) {
		if ref != "" {
			u.say(true, i18n.T("The model %s is not where it was; another one is opened.", filepath.Base(ref)))
		}
		u.standIn(ref)
		ref = u.usualModel()
	}
	u.openModel(ref, 0)
	if it, _ := u.Item(u.Current); it != nil {
		u.kept = it.ID
		u.show(it)
	}
	u.thumbs()
}

// here says that opening ref needs no download: that is for the person to begin.
func (u *update) here(ref string) bool {
	i := slices.IndexFunc(u.Known, func(k task.KnownModel) bool { return k.Ref == ref })
	return ref != "" && (i < 0 || u.Known[i].Here)
}

// notRestored opens another model where the session's cannot be opened; false
// where there is none to fall back to.
func (u *update) notRestored() bool {
	if u.restoring == nil || u.Model.Pane != 0 {
		return false
	}
	usual := u.usualModel()
	if u.restoring.again || usual == u.Model.Ref {
		u.restoring = nil
		return false
	}
	u.standIn(u.Model.Ref)
	u.openModel(usual, 0)
	return true
}

// standIn notes that another model takes the place of the session's. What that
// was asked is kept, for the person may find it.
func (u *update) standIn(ref string) {
	if ref != "" {
		missed := *u.restoring
		u.Model.Missed, u.Model.missed = filepath.Base(ref), &missed
	}
	u.restoring.again = true
}

// found ends that another model stands in for the session's: the person has
// opened one. Where it is the session's own, its panes ask again what they did.
func (u *update) found(sha string) {
	if missed := u.Model.missed; missed != nil && missed.session.Panes[0].Task.Model.SHA256 == sha {
		u.restoring = missed
	}
	u.Model.Missed, u.Model.missed = "", nil
}

// resume puts the session's questions to its model, which has come.
func (u *update) resume() {
	r := *u.restoring
	u.restoring = nil
	model := u.Model.Opened
	// The stage may have been divided anew in the meantime.
	for i := range min(len(r.session.Panes), u.Shown) {
		saved := r.session.Panes[i]
		if saved.Own {
			switch ref := saved.Task.Model.Path; {
			case saved.Missing || !u.here(ref):
				u.say(true, i18n.T("The model %s is not where it was; another one is opened.", filepath.Base(ref)))
			default:
				u.Model.then = append(u.Model.then, later{pane: i, ref: ref, saved: &saved})
			}
		}
		u.resumePane(i, saved, model)
	}
	first := r.session.Panes[0].Task
	u.notSame(first.Model, model)
	if spec := first.Preprocess; r.project && !r.again && !reflect.DeepEqual(spec, prep.Spec{}) && !reflect.DeepEqual(spec, model.Info.Preprocess) {
		u.configure(0, func(c *task.Choices) { c.Preprocess = &spec })
	}
}

// resumePane gives a pane the question that it had, as far as the model can
// answer it.
func (u *update) resumePane(pane int, saved session.Pane, model Opened) {
	p := &u.Panes[pane]
	p.Question = questionOf(saved, model)
	p.Show, p.A, p.B, p.Original = Show(saved.Show), saved.A, saved.B, saved.Original
}

// notSame says that a model is another one than was saved.
func (u *update) notSame(saved task.ModelRef, model Opened) {
	if saved.SHA256 != "" && saved.SHA256 != model.Info.Ref.SHA256 && saved.Path == model.Info.Ref.Path {
		u.say(true, i18n.T("%s has changed since it was saved.", filepath.Base(saved.Path)))
	}
}

// questionOf is a saved question with what the model does not have left out.
func questionOf(saved session.Pane, model Opened) Question {
	t, info := saved.Task, model.Info
	q := freshPane().Question
	q.Kind, q.KindParam, q.Seed, q.Size = t.Target.Kind, t.Target.Param, t.Seed, t.Size
	class := func(k int) int {
		if k >= info.Classes {
			return task.AutoClass
		}
		return k
	}
	q.Class = class(t.Target.Class)
	if Likens(model) && t.Like != nil {
		q.Like = t.Like
	}
	if target.Of(q.Kind).Second {
		q.Rather = class(t.Target.Rather)
	}
	if hasLayer(info, t.Layer) {
		q.Layer = t.Layer
	}
	if several := orderedLayers(info, t.Layers); len(several) > 1 {
		q.Layer, q.Layers = several[0], several
	}
	if m, ok := method(model, t.Method); ok && m.Why == "" {
		q.Method = t.Method
	} else {
		q.Method = fitted(Pane{Question: q}, model).Method
	}
	for id, values := range saved.Params {
		q.Params = with(q.Params, id, known(model, id, values))
	}
	if values := known(model, t.Method, t.Params); len(values) > 0 {
		q.Params = with(q.Params, t.Method, values)
	}
	return q
}

// known are the values of a method's parameters that it has, on their steps.
func known(model Opened, id string, values map[string]float64) map[string]float64 {
	info, _ := method(model, id)
	out := map[string]float64{}
	for _, k := range info.Params {
		if v, ok := values[k.ID]; ok {
			if v = stepped(k, v); v != k.Default {
				out[k.ID] = v
			}
		}
	}
	return out
}

// read takes note of a picture's content; one that is not what was saved is
// told.
func (u *update) read(id ItemID, sha string) {
	it, _ := u.Item(id)
	if it == nil || sha == "" || it.SHA256 == sha {
		return
	}
	u.compare(it, sha)
	u.replace(id, func(it *Item) { it.SHA256 = sha })
}
