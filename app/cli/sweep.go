package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// everyLayer is the value of --layers that asks for a sweep.
const everyLayer = "all"

// findLayers turns --layers into values: those of a list of names.
func findLayers(m task.ModelInfo, text string) ([]string, error) {
	var list []string
	for name := range strings.SplitSeq(text, ",") {
		value, err := findLayer(m, strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		if value == task.Auto {
			if m.Natural < 0 {
				return nil, usage("--layers %s: %s has no natural layer", text, i18n.T(m.Title))
			}
			value = m.Layers[m.Natural].Value
		}
		list = append(list, value)
	}
	return list, nil
}

// sweepJSON is a sweep as JSON.
type sweepJSON struct {
	Task   task.Task       `json:"task"`
	Layers []task.LayerMap `json:"layers"`
	Sheet  string          `json:"sheet,omitempty"`
}

// sweep shows the map of every layer of one picture: a sheet, and a table.
func (b *batch) sweep(ctx context.Context, ref string, t task.Task) error {
	line := b.shell.newLive()
	defer line.end()
	t, err := b.engine.Resolve(ctx, t)
	if err != nil {
		return fmt.Errorf("%s: %w", titled(t.Image), err)
	}
	t.Layer, t.Layers = "", nil
	maps, err := b.engine.Sweep(ctx, t, line.progress)
	if err != nil {
		return fmt.Errorf("%s: %w", titled(t.Image), err)
	}
	line.end()
	sheet, err := b.sheet(ctx, ref, t, maps)
	if err != nil {
		return err
	}
	out := b.shell.out
	if b.out.stdout {
		out = b.shell.err
	}
	if b.flags.json {
		if !b.flags.withMap {
			for i := range maps {
				maps[i].Map.Values = nil
			}
		}
		return out.json(sweepJSON{t, maps, sheet}, false)
	}
	rows := [][]string{{i18n.T("Layer"), i18n.T("Grid"), i18n.T("Gradient"), i18n.T("Another class"), ""}}
	for _, m := range maps {
		var wrong []string
		for _, w := range m.Wrong() {
			wrong = append(wrong, i18n.T(w))
		}
		gradient, other := "–", "–"
		if m.Gradient > 0 {
			gradient = fmt.Sprintf("%.2g", m.Gradient)
		}
		if m.Other >= 0 && !m.Empty {
			other = fmt.Sprintf("%.2f", m.OtherClass)
		}
		rows = append(rows, []string{m.Layer.Name, fmt.Sprintf("%d × %d", m.Map.Width, m.Map.Height), gradient, other, strings.Join(wrong, ", ")})
	}
	out.rows("", rows)
	if sheet != "" {
		out.line(i18n.T("Sheet: %s", sheet))
	}
	return nil
}

// sheet writes the contact sheet and returns its path; empty where none is wanted.
func (b *batch) sheet(ctx context.Context, ref string, t task.Task, maps []task.LayerMap) (string, error) {
	if b.out.none() {
		return "", nil
	}
	path := b.out.path(ref, t.Method+"-layers")
	if err := spares("--out", path, ref, b.recipes[0].model.Ref.Path, b.flags.labels); err != nil {
		return "", err
	}
	err := b.out.write(b.shell.Stdout, path, func(path string) error {
		return b.engine.ExportSweep(ctx, path, t, maps, b.recipes[0].style)
	})
	if err != nil {
		return "", errors.New(i18n.T("report: %v", i18n.Tell(err.Error())))
	}
	return path, nil
}
