package screen

import (
	"strings"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
)

func (p *pane) showQuestion(s state.State, k state.Pane) {
	m, _ := s.Method(p.index)
	info := s.ModelOf(p.index).Info
	none := info == nil
	if p.form != nil {
		p.form.show(s)
	}
	switch k.Show {
	case state.ShowDifference:
		p.method.SetValue(i18n.T("Difference"))
		p.layer.SetCaption(i18n.T("This map"))
		p.layer.SetValue(sourceName(s, k.A))
		p.class.SetCaption(i18n.T("less this map"))
		p.class.SetValue(sourceName(s, k.B))
	case state.ShowAgreement:
		p.method.SetValue(i18n.T("Agreement"))
		p.layer.SetCaption(i18n.T("Of"))
		p.layer.SetValue(i18n.T("All maps"))
		p.class.SetCaption(i18n.T("Shown"))
		p.class.SetValue(i18n.T("Variance of ranks"))
	default:
		p.method.SetValue(i18n.T(methodTitle(s, p.index)))
		p.layer.SetCaption(i18n.T("Layer"))
		if m.NeedsLayer && k.Layer == task.Auto {
			p.layer.SetCaption(i18n.T("Auto layer"))
		}
		p.class.SetCaption(i18n.T("Class"))
		if !none && k.Class == task.AutoClass {
			p.class.SetCaption(i18n.T("Auto class"))
		}
		p.layer.SetValue(layersName(s, p.index, k, m))
		if s.LikeOf(p.index) != nil {
			p.class.SetCaption(i18n.T("Likeness to"))
		}
		p.class.SetValue(className(s, p.index))
	}
	if words := p.method.Value() + p.layer.Caption() + p.layer.Value() + p.class.Caption() + p.class.Value(); words != p.asked {
		p.asked = words
		// Their lengths decide the pickers' widths.
		relay(p.pickers)
	}
	own := k.Show == state.ShowMap
	p.layer.SetKeepEnd(own && m.NeedsLayer)
	p.method.SetDisabled(none)
	p.class.SetDisabled(none || k.Show == state.ShowAgreement)
	p.layer.SetDisabled(none || k.Show == state.ShowAgreement || own && !m.NeedsLayer)
	p.settings.SetDisabled(!own || len(m.Params) == 0 && !m.Seeded && !s.AnySize(p.index))
	p.settings.SetOn(own && (k.Changed(m) || s.Resized(p.index)))
}

func methodTitle(s state.State, pane int) string {
	if m, ok := s.Method(pane); ok {
		return m.Title
	}
	return "–"
}

// sourceName is a pane in the words of a comparison.
func sourceName(s state.State, pane int) string {
	if pane < 0 || pane >= s.Shown {
		return "–"
	}
	return i18n.T("Pane %d: %s", pane+1, i18n.T(methodTitle(s, pane)))
}

// showSmall sums the question up where there is room for one line.
func (p *pane) showSmall(s state.State, k state.Pane) {
	var words string
	switch k.Show {
	case state.ShowDifference:
		words = i18n.T("Pane %d less pane %d", k.A+1, k.B+1)
		if k.A < 0 || k.B < 0 {
			words = i18n.T("Difference")
		}
	case state.ShowAgreement:
		words = i18n.T("Agreement")
	default:
		m, _ := s.Method(p.index)
		parts := []string{i18n.T(methodTitle(s, p.index)), className(s, p.index)}
		if m.NeedsLayer && k.Layer != task.Auto {
			parts = []string{parts[0], layersName(s, p.index, k, m), parts[1]}
		}
		if len(s.Edits()) > 0 {
			// Where answers differ, they are what is compared; what all panes
			// have in common comes last, for it may be cut.
			if says := saysWords(s, p.index); says != "" && answersDiffer(s) {
				parts = []string{says, parts[0]}
			} else if says != "" {
				parts = []string{parts[0], says}
			}
		}
		words = strings.Join(parts, " · ")
	}
	p.summary.SetValue(words)
	// The words may be cut.
	p.summary.SetTip(p.tips, words)
	for i := range 2 {
		p.solo[i].SetOn(s.Solo)
		p.close[i].Hidden = p.index == 0 || i == 1 && p.narrow
	}
	if p.card != nil {
		p.card.show(s)
	}
}

// answersDiffer says that panes may have other answers: another model's, or
// that to the picture without its edits.
func answersDiffer(s state.State) bool {
	for i := range s.Shown {
		if s.Panes[i].Original != s.Panes[0].Original {
			return true
		}
	}
	return ownModels(s)
}

// showWho tells, where panes are compared, whose answer each shows.
func (p *pane) showWho(s state.State) {
	if side, alone := s.Shown > 1, s.Solo; side != p.head.who || alone != p.head.alone {
		p.head.who, p.head.alone = side, alone
		p.arrange()
		relay(p.root)
	}
	if s.Shown == 1 {
		return
	}
	title := i18n.T("No model yet")
	if info := s.ModelOf(p.index).Info; info != nil {
		title = i18n.T(info.Title)
	}
	p.model.SetValue(title)
	p.model.SetDisabled(s.Phase != state.Ready)
	f := s.ForwardOf(p.index).Prediction
	if f == nil || len(f.Order) == 0 {
		if s.ForwardOf(p.index).Job == 0 {
			p.says.SetText("")
		}
		return
	}
	best := f.Order[0]
	if words := saysWords(s, p.index); words != p.says.Text() {
		p.says.SetText(words)
		// Its width decides the picker's.
		relay(p.who)
	}
	p.says.SetColor(look.Text)
	if s.Photo.Info != nil && s.Photo.Info.Truth != "" && s.Photo.Info.Truth != s.Label(p.index, best) && knows(s, p.index, s.Photo.Info.Truth) {
		p.says.SetColor(look.Warning)
	}
}

// layersName is the pane's layer, or how many make its map.
func layersName(s state.State, pane int, k state.Pane, m task.MethodInfo) string {
	if several := s.Layers(pane); len(several) > 0 {
		return i18n.T("%d layers", len(several))
	}
	return layerName(s.ModelOf(pane).Info, k, m)
}

func layerName(info *task.ModelInfo, k state.Pane, m task.MethodInfo) string {
	switch {
	case info == nil:
		return "–"
	case !m.NeedsLayer:
		return i18n.T("Input pixels")
	case k.Layer == task.Auto && info.Natural >= 0 && info.Natural < len(info.Layers):
		return layerTitle(info.Layers[info.Natural])
	case k.Layer == task.Auto:
		return i18n.T("Auto")
	}
	for _, l := range info.Layers {
		if l.Value == k.Layer {
			return layerTitle(l)
		}
	}
	return k.Layer
}

func className(s state.State, pane int) string {
	if s.ModelOf(pane).Info == nil {
		return "–"
	}
	if like := s.LikeTitle(pane); like != "" {
		return like
	}
	if class := s.Panes[pane].Class; class != task.AutoClass {
		return label(s, pane, class)
	}
	if s.Resized(pane) {
		// The list of classes has the answer at the model's own size.
		if r := s.Panes[pane].Result; r != nil && r.Task.Size == s.SizeOf(pane) {
			return label(s, pane, r.Target.Class)
		}
		return i18n.T("Auto")
	}
	if f := s.ForwardOf(pane).Prediction; f != nil && len(f.Order) > 0 {
		return label(s, pane, f.Order[0])
	}
	return i18n.T("Auto")
}
