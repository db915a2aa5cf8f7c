package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// methodJSON and paramJSON are the JSON form of the registry.
type methodJSON struct {
	ID      string      `json:"id"`
	Title   string      `json:"title"`
	Family  string      `json:"family"`
	Summary string      `json:"summary"`
	Paper   string      `json:"paper"`
	Layer   bool        `json:"needsLayer"`
	Params  []paramJSON `json:"params"`
	// Presets are named choices of the parameters.
	Presets []task.MethodPreset `json:"presets,omitempty"`
}

type paramJSON struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Help    string   `json:"help,omitempty"`
	Default float64  `json:"default"`
	Min     float64  `json:"min"`
	Max     float64  `json:"max"`
	Step    float64  `json:"step"`
	Choices []string `json:"choices,omitempty"`
	Unit    string   `json:"unit,omitempty"`
}

func (s *shell) methods() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "methods [--json]", DisableFlagsInUseLine: true,
		Short: i18n.T("The methods of explanation, with their parameters"), Args: arguments(0, 0),
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return s.out.json(methodsJSON(), true)
			}
			family := ""
			for _, m := range method.All() {
				if m.Family != family {
					if family != "" {
						s.out.line("")
					}
					family = m.Family
					s.out.line(i18n.T(family))
				}
				s.out.line("")
				s.out.line("  " + m.ID + "  " + i18n.T(m.Title))
				s.out.line("    " + i18n.T(m.Summary))
				s.out.line("    " + m.Paper)
				for _, p := range m.Presets {
					s.out.line("    --settings " + p.ID + "  " + settings(m, p))
				}
				for _, p := range m.Params {
					s.out.line("    --param " + p.ID + "=" + span(p) + "  " + i18n.T(p.Title) + i18n.T(" (default %s)", i18n.T(p.Words(p.Default))))
					s.out.line("      " + i18n.T(p.Help))
					for i, c := range p.Choices {
						s.out.line("      " + strconv.Itoa(i) + "  " + i18n.T(c))
					}
				}
			}
			return nil
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

// settings says which parameters a preset changes.
func settings(m method.Method, p task.MethodPreset) string {
	text := i18n.T(p.Title)
	var changed []string
	for _, param := range m.Params {
		if v, ok := p.Params[param.ID]; ok {
			changed = append(changed, param.ID+"="+number(v))
		}
	}
	if len(changed) > 0 {
		text += " (" + strings.Join(changed, ", ") + ")"
	}
	return text
}

// span is the range of a parameter's values.
func span(p method.Param) string {
	return number(p.Min) + ".." + number(p.Max)
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func methodsJSON() []methodJSON {
	out := []methodJSON{}
	for _, m := range method.All() {
		j := methodJSON{
			ID: m.ID, Title: m.Title, Family: m.Family, Summary: m.Summary, Paper: m.Paper,
			Layer: m.Needs.Layer, Params: []paramJSON{}, Presets: m.Presets,
		}
		for _, p := range m.Params {
			j.Params = append(j.Params, paramJSON(p))
		}
		out = append(out, j)
	}
	return out
}

// findMethod finds a method by its ID, and says which one may have been meant.
func findMethod(id string) (method.Method, error) {
	m, err := method.ByID(id)
	if err == nil {
		return m, nil
	}
	if close := near(id, methodIDs(), 3); len(close) > 0 {
		return m, usage("method %q is unknown; near ones: %s; \"seewhy methods\" lists all", id, strings.Join(close, ", "))
	}
	return m, usage("method %q is unknown; \"seewhy methods\" lists all", id)
}

func methodIDs() []string {
	var ids []string
	for _, m := range method.All() {
		ids = append(ids, m.ID)
	}
	return ids
}
