package state

import (
	"slices"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// What can be done with a layer of the strip, by the layer's Value.
type (
	// LayerPinned adds a pane that asks the strip's question at a layer.
	LayerPinned struct{ Value string }
	// LayerMapCopied copies the photo under a layer's map, at the photo's own
	// resolution.
	LayerMapCopied struct{ Value string }
)

func (LayerPinned) msg()    {}
func (LayerMapCopied) msg() {}

// layerStrip handles them.
func (u *update) layerStrip(m Msg) {
	w := &u.Sweep
	at := func(value string) int {
		return slices.IndexFunc(w.Maps, func(l task.LayerMap) bool { return l.Layer.Value == value })
	}
	if !w.On || !u.has(w.Pane) {
		return
	}
	switch m := m.(type) {
	case LayerPinned:
		if at(m.Value) < 0 {
			return
		}
		u.Active = w.Pane
		u.pin(func(p *Pane) {
			if p.Method != w.asked.Method {
				// The pane's own method makes no map of a layer.
				p.Method, p.Params, p.Seed = w.asked.Method, nil, 0
			}
			p.Layer, p.Layers = m.Value, nil
		})
	case LayerMapCopied:
		i, levels, r := at(m.Value), u.LevelsOf(w.Pane), u.Panes[w.Pane].Result
		if i < 0 || len(levels) == 0 || r == nil {
			u.say(true, i18n.T("There is no finished heat map to copy yet."))
			return
		}
		c := ComposePicture{Photo: levels[0], Map: w.Maps[i].Map, Style: u.Panes[w.Pane].Style, Place: u.place(r.Region)}
		c.Style.Clip = heatmap.ClipFor(c.Map)
		u.do(c)
	}
}
