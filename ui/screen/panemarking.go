package screen

import (
	"fmt"
	"strings"

	"seewhy/analysis/region"
	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// newEditedButton is the sign of what a pane shows where the picture is
// edited; a click shows the other.
func (p *pane) newEditedButton() *widget.Button {
	b := widget.NewButton("", nil, widget.Normal, func() {
		p.Send(state.PaneOriginalSet{Pane: p.index, Original: !p.state.Panes[p.index].Original})
	})
	b.SetTip(p.tips, i18n.T("Show the original or the edited picture in this pane"))
	return b
}

// wireTool sends what is drawn with a tool.
func (p *pane) wireTool() {
	p.viewport.OnStroke = func(part widget.StrokePart, x, y float64) {
		switch part {
		case widget.StrokeBegin:
			p.Send(state.StrokeBegun{Pane: p.index, X: x, Y: y})
		case widget.StrokeOn:
			p.Send(state.StrokeMoved{X: x, Y: y})
		case widget.StrokeEnd:
			p.Send(state.StrokeEnded{})
		}
	}
}

func (p *pane) showMarking(s state.State, k state.Pane) {
	m := s.Marking
	radius := 0.0
	if m.Tool.Sized() {
		radius = m.Radius
	}
	p.viewport.SetTool(m.Tool != state.NoTool && s.Photo.Info != nil, radius)
	p.viewport.SetMarks(s.MarksOf(p.index))
	// On a small picture it stands only where panes differ in it; the pane's menu
	// has it too.
	seen := len(s.Edits()) > 0 && s.Photo.Info != nil && (!p.compact || m.Peek || originals(s))
	words := i18n.T("Edited")
	if k.Original || m.Peek {
		words = i18n.T("Original")
	}
	p.edited.SetOn(seen && !k.Original && !m.Peek)
	if p.sign.Hidden == seen || p.edited.Text() != words {
		p.edited.SetText(words)
		p.sign.Hidden = !seen
		relay(p.root)
	}
}

// showShares tells how much of the pane's map lies in each region.
func (p *pane) showShares(s state.State, k state.Pane) {
	regions := s.Regions()
	if s.Photo.Info == nil {
		regions = nil
	}
	if len(regions) != p.regions {
		p.regions = len(regions)
		relay(p.root)
	}
	var parts []widget.Part
	var told []string
	if k.Show == state.ShowMap && k.Overlay != nil {
		for i, r := range regions {
			part := widget.Part{Name: r.Name, Color: region.Color(i), Text: "…"}
			if i < len(k.Shares.Of) {
				of := k.Shares.Of[i]
				part.Map, part.Area = of.Attribution, of.Area
				part.Text = i18n.T("%s, area %s", percents(of.Attribution), percents(of.Area))
				told = append(told, r.Name+": "+part.Text)
				if p.compact {
					part.Text = fmt.Sprint(percents(of.Attribution), " / ", percents(of.Area))
				}
			}
			parts = append(parts, part)
		}
	}
	p.shares.Set(parts)
	p.shareTeller.SetWords(strings.Join(told, "\n"))
	p.shareTeller.SetNeeded(len(told) > 0)
}

// sharePad is the room around the shares.
const sharePad float32 = 8

// shareRoom is the room that the shares take in a pane of a width.
func (p *pane) shareRoom(width float32) float32 {
	pad := float32(12)
	if p.compact {
		pad = 6
	}
	h := widget.ShareRoom(p.regions, width-2*pad, p.compact)
	if h > 0 {
		h += sharePad
		if p.compact {
			h -= sharePad / 2
		}
	}
	return h
}

// putEdited places the sign into the corner of the viewport.
func (p *pane) putEdited(right, bottom float32) {
	m := p.edited.MinSize()
	put(p.sign, right-m.Width-7, bottom-24-5, m.Width, 24)
}

// originals says that some pane shows the picture without its edits.
func originals(s state.State) bool {
	for i := range s.Shown {
		if s.Panes[i].Original {
			return true
		}
	}
	return false
}
