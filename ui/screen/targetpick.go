package screen

import (
	"math"
	"strconv"

	"fyne.io/fyne/v2"

	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// chooseTarget opens the list of what can be explained, in the active pane.
func chooseTarget(c *context, anchor fyne.CanvasObject) {
	pane := c.state.Active
	info := c.state.ModelOf(pane).Info
	if info == nil {
		return
	}
	how, _ := c.state.Method(pane)
	items := targetChoices(info, c.state.Panes[pane].Kind, how)
	if like := c.state.LikeOf(pane) != nil; state.Likens(c.state.ModelOf(pane)) {
		for i := range items {
			items[i].Chosen = items[i].Chosen && !like
		}
		items = append(items, widget.Choice{ID: likeAsked, Title: i18n.T("Likeness to a picture…"), Note: i18n.T("The cosine similarity of the model's output to that for another picture: for models of embeddings."), Chosen: like})
	}
	choose(anchor, 380, items, "", func(id string) {
		if id == likeAsked {
			chooseLike(c, anchor, pane)
			return
		}
		c.Send(state.KindPicked{Pane: pane, Kind: task.TargetKind(id)})
	})
}

// targetChoices lists the targets, and why a model has none of some.
func targetChoices(info *task.ModelInfo, chosen task.TargetKind, how task.MethodInfo) []widget.Choice {
	model := target.Model{Classes: info.Classes, Sigmoid: info.MultiLabel}
	var items []widget.Choice
	for _, t := range target.All() {
		why := i18n.Tell(t.Why(model))
		if refused := refuses(how, t.ID); why == "" && refused {
			why = i18n.T("%s explains class scores only: choose another method first.", i18n.T(how.Title))
		}
		items = append(items, widget.Choice{
			ID: string(t.ID), Title: i18n.T(t.Title), Note: i18n.T(t.Summary), Why: why, Chosen: t.ID == target.Of(chosen).ID,
		})
	}
	return items
}

// settingWords are the number that a target is asked with.
func settingWords(t target.Target, value float64) string {
	v, err := t.Setting(value)
	if err != nil {
		return "–"
	}
	return t.Param.Words(v)
}

// settingChoices are at most so many numbers for a target.
const settingChoices = 20

// chooseSetting lists the numbers that the active pane's target takes, on its steps.
func chooseSetting(c *context, anchor fyne.CanvasObject) {
	pane := c.state.Active
	k := c.state.Panes[pane]
	t := target.Of(k.Kind)
	p := t.Param
	if p == nil {
		return
	}
	now, _ := t.Setting(k.KindParam)
	items := []widget.Choice{{Header: true, Title: i18n.T(p.Title), Note: i18n.T(p.Help)}}
	for i := range settingChoices {
		v := math.Round((p.Min+float64(i)*p.Step)/p.Step) * p.Step
		v = math.Round(v*1e6) / 1e6
		if v > p.Max {
			break
		}
		items = append(items, widget.Choice{ID: strconv.FormatFloat(v, 'g', -1, 64), Title: p.Words(v), Chosen: math.Abs(v-now) < p.Step/2})
	}
	choose(anchor, 240, items, "", func(id string) {
		if v, err := strconv.ParseFloat(id, 64); err == nil {
			c.Send(state.KindParamSet{Pane: pane, Value: v})
		}
	})
}

// refuses says that a method explains class scores only, and a target is none.
func refuses(how task.MethodInfo, kind task.TargetKind) bool {
	return how.ClassScores && target.Of(kind).Derived
}

// whyNot says in words what keeps a method from a target of the model's; empty
// where nothing does.
func whyNot(how task.MethodInfo, kind task.TargetKind) string {
	if how.Why == "" && refuses(how, kind) {
		return i18n.T("It hands a class score down to the picture, and %s is none: choose the score, the probability or the contrast.", i18n.T(target.Of(kind).Title))
	}
	return i18n.Tell(how.Why)
}

// headLine is a heading with a button at its end, no higher than it needs to be.
type headLine struct{}

const headLineHeight = 22

func (headLine) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w, h := float32(0), o[0].MinSize().Height
	if o[1].Visible() {
		w = o[1].MinSize().Width
	}
	put(o[0], 0, (size.Height-h)/2, size.Width-w, h)
	put(o[1], size.Width-w, 0, w, size.Height)
}

func (headLine) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[0].MinSize().Width+o[1].MinSize().Width, headLineHeight)
}
