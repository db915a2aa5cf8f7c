package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/method"
	"seewhy/analysis/report"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

func (s *shell) report() *cobra.Command {
	var asJSON, withMap bool
	c := &cobra.Command{
		Use: "report [--json [--map]] FILE.png", DisableFlagsInUseLine: true,
		Short: i18n.T("What a report's file says about how it was made"), Args: arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if withMap && !asJSON {
				return usage("--map needs --json")
			}
			records, err := readReport(args[0])
			if err != nil {
				return err
			}
			for i, r := range records {
				if asJSON {
					if err := s.out.json(reportJSON{newAnswer(r.Result, withMap), r.Style, r.ModelTitle, r.MethodTitle}, false); err != nil {
						return err
					}
					continue
				}
				if i > 0 {
					s.out.line("")
				}
				s.record(r)
			}
			if !asJSON {
				s.out.line("\n" + i18n.T("To make it again: seewhy explain --task %s", args[0]))
			}
			return nil
		},
	}
	jsonFlag(c, &asJSON)
	c.Flags().BoolVar(&withMap, "map", false, i18n.T("with --json: the map's values too"))
	return c
}

// reportJSON is a report's record as JSON.
type reportJSON struct {
	answer
	Style       heatmap.Style `json:"style"`
	ModelTitle  string        `json:"modelTitle"`
	MethodTitle string        `json:"methodTitle"`
}

func readReport(path string) ([]report.Record, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unusable("report %s: cannot be read: %v", path, reason(err))
	}
	defer f.Close()
	records, err := report.Provenance(f)
	if err != nil {
		return nil, fault{ExitUnusable, fmt.Errorf("%s: %w", filepath.Base(path), err)}
	}
	return records, nil
}

// reason is the system's own word, without the path that we name ourselves.
func reason(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

func (s *shell) record(r report.Record) {
	t := r.Result.Task
	rows := [][]string{
		{i18n.T("Picture"), fmt.Sprintf("%s (%d × %d)", titled(t.Image), t.Image.Width, t.Image.Height)},
		{"", "SHA-256 " + t.Image.SHA256},
		{i18n.T("Model"), r.ModelTitle + " (" + t.Model.Name + ")"},
		{"", "SHA-256 " + t.Model.SHA256},
		{i18n.T("Method"), i18n.T(r.MethodTitle) + at(append([]string{t.Layer}, t.Layers[min(1, len(t.Layers)):]...)...)},
	}
	for _, id := range sortedKeys(t.Params) {
		rows = append(rows, []string{"", id + " = " + parameter(t.Method, id, t.Params[id])})
	}
	rows = append(rows, []string{i18n.T("Preprocessing"), steps(t.Preprocess)})
	rows = append(rows, hidden(r.Result)...)
	rows = append(rows, explained(r.Result)...)
	made := r.Result.Time.Format(time.RFC3339)
	rows = append(rows, []string{i18n.T("Made"), i18n.T("%s by SeeWhy %s on %s", made, r.Result.Version, r.Result.Device)})
	s.out.rows("", rows)
}

// parameter is a value in the words of its method, where this version has it.
func parameter(id, param string, v float64) string {
	if m, err := method.ByID(id); err == nil {
		for _, p := range m.Params {
			if p.ID == param {
				return i18n.T(p.Words(v))
			}
		}
	}
	return number(v)
}

// at tells at which layer, or layers, a map was made.
func at(layers ...string) string {
	switch {
	case layers[0] == "" || layers[0] == task.Auto:
		return ""
	case len(layers) > 1:
		return " " + i18n.T("at layers %s", strings.Join(layers, ", "))
	}
	return " " + i18n.T("at layer %s", layers[0])
}
