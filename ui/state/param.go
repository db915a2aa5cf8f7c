package state

import (
	"maps"
	"math"
	"slices"
	"time"

	"seewhy/analysis/task"
)

// settle is how long a sliding parameter must rest before it is computed.
const settle = 150 * time.Millisecond

// wide is the ratio of the ends of a range from which on a slider goes by
// ratios: of 2 to 1000 samples the small numbers matter as much as the large.
const wide = 50

// Param is the value of a pane's parameter: the user's, or the default.
func (p Pane) Param(k task.Param) float64 {
	if v, ok := p.Params[p.Method][k.ID]; ok {
		return v
	}
	return k.Default
}

// Changed says whether a pane's method has settings other than its defaults.
func (p Pane) Changed(m task.MethodInfo) bool {
	return len(p.Params[p.Method]) > 0 || (m.Seeded && p.Seed != 0)
}

// ParamPlace is where on a slider of 0..1 a value stands.
func ParamPlace(k task.Param, v float64) float64 {
	if k.Max <= k.Min {
		return 0
	}
	if byRatio(k) {
		return clamp(math.Log(v/k.Min)/math.Log(k.Max/k.Min), 0, 1)
	}
	return clamp((v-k.Min)/(k.Max-k.Min), 0, 1)
}

// ParamAt is the value at a place on the slider, on the parameter's steps.
func ParamAt(k task.Param, at float64) float64 {
	at = clamp(at, 0, 1)
	if byRatio(k) {
		return stepped(k, k.Min*math.Pow(k.Max/k.Min, at))
	}
	return stepped(k, k.Min+at*(k.Max-k.Min))
}

func byRatio(k task.Param) bool { return k.Min > 0 && k.Max/k.Min >= wide }

// stepped is the value of the parameter nearest to v. Steps are counted from
// zero where the range allows it, so that 2..1000 by 5 gives 5, 10, 15.
func stepped(k task.Param, v float64) float64 {
	v = clamp(v, k.Min, k.Max)
	if k.Step > 0 {
		// Rounding away the binary dust keeps 0.15 from becoming 0.15000000000000002.
		v = math.Round(math.Round(v/k.Step)*k.Step*1e9) / 1e9
	}
	return clamp(v, k.Min, k.Max)
}

// clamp is v within low..high; what is no number becomes low.
func clamp(v, low, high float64) float64 {
	if !(v >= low) {
		return low
	}
	return min(v, high)
}

// setParam keeps what differs from the default only, so that equal questions
// are equal tasks.
func (u *update) setParam(m ParamSet) {
	if !u.has(m.Pane) {
		return
	}
	info, ok := u.Method(m.Pane)
	i := slices.IndexFunc(info.Params, func(k task.Param) bool { return k.ID == m.ID })
	if !ok || i < 0 {
		return
	}
	k := info.Params[i]
	v := stepped(k, m.Value)
	edit := func(p *Pane) {
		values := maps.Clone(p.Params[p.Method])
		if values == nil {
			values = map[string]float64{}
		}
		values[k.ID] = v
		if v == k.Default {
			delete(values, k.ID)
		}
		p.Params = with(p.Params, p.Method, values)
	}
	if !m.Sliding {
		u.change(m.Pane, edit)
		return
	}
	p := &u.Panes[m.Pane]
	u.Active = m.Pane
	if p.Param(k) == v {
		return
	}
	edit(p)
	u.cancel(&p.Job)
	if u.open() {
		p.Job, p.Work = u.job(), Work{Done: -1}
		u.do(Wait{Job: p.Job, For: settle})
	}
}

// presetPicked takes a preset's parameters; those it leaves out get their default.
func (u *update) presetPicked(m MethodPresetPicked) {
	if !u.has(m.Pane) {
		return
	}
	info, _ := u.Method(m.Pane)
	i := slices.IndexFunc(info.Presets, func(k task.MethodPreset) bool { return k.ID == m.ID })
	if i < 0 {
		return
	}
	values := presetValues(info, info.Presets[i])
	u.change(m.Pane, func(p *Pane) { p.Params = with(p.Params, p.Method, values) })
}

// presetValues are those of a preset's parameters that differ from their defaults.
func presetValues(info task.MethodInfo, preset task.MethodPreset) map[string]float64 {
	values := map[string]float64{}
	for _, k := range info.Params {
		if v, ok := preset.Params[k.ID]; ok && v != k.Default {
			values[k.ID] = v
		}
	}
	return values
}

// Preset is the ID of the preset that a pane's parameters are; empty where
// they are none.
func (p Pane) Preset(info task.MethodInfo) string {
	for _, k := range info.Presets {
		if maps.Equal(presetValues(info, k), p.Params[p.Method]) {
			return k.ID
		}
	}
	return ""
}

// with is a copy of all with one method's values replaced; none takes them out.
func with(all map[string]map[string]float64, method string, values map[string]float64) map[string]map[string]float64 {
	out := maps.Clone(all)
	if out == nil {
		out = map[string]map[string]float64{}
	}
	out[method] = values
	if len(values) == 0 {
		delete(out, method)
	}
	return out
}
