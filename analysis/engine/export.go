package engine

import (
	"context"
	"fmt"
	"io"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/method"
	"seewhy/analysis/report"
	"seewhy/analysis/task"
)

// Export writes an annotated PNG report of one result, or of several side by
// side, each in its own style, whole or not at all.
func (e *Engine) Export(ctx context.Context, path string, results []task.Result, styles []heatmap.Style) error {
	if len(styles) != len(results) {
		return fmt.Errorf("there are %d styles for %d results", len(styles), len(results))
	}
	var in []report.Input
	for i, r := range results {
		if err := ctx.Err(); err != nil {
			return err
		}
		i, err := e.reportInput(ctx, r, styles[i])
		if err != nil {
			return err
		}
		in = append(in, i)
	}
	if len(in) == 0 {
		return fmt.Errorf("there is no result to export yet")
	}
	return report.WriteFile(path, in...)
}

func (e *Engine) reportInput(ctx context.Context, r task.Result, style heatmap.Style) (report.Input, error) {
	m, err := e.model(ctx, r.Task.Model)
	if err != nil {
		return report.Input{}, err
	}
	photo, err := e.hidden(ctx, r.Task.Image, r.Task.Edits)
	if err != nil {
		return report.Input{}, err
	}
	// Maps of single pixels and of a layer's cells stand on one page, each on its
	// own scale, as in the window.
	style.Clip = heatmap.ClipFor(r.Map)
	in := report.Input{Photo: photo, Result: r, Model: m.info, Style: style}
	for _, x := range m.info.Methods {
		if x.ID == r.Task.Method {
			in.Method = x
		}
	}
	how, err := method.ByID(r.Task.Method)
	if err != nil {
		return in, err
	}
	for _, p := range how.Params {
		in.Params = append(in.Params, report.Param{Title: p.Title, Value: p.Words(r.Task.Params[p.ID])})
	}
	return in, nil
}

// ExportSweep writes a PNG sheet of a sweep's maps, whole or not at all.
func (e *Engine) ExportSweep(ctx context.Context, path string, t task.Task, maps []task.LayerMap, style heatmap.Style) error {
	w, err := e.readyAnywhere(ctx, t)
	if err != nil {
		return err
	}
	if _, err := w.target(); err != nil {
		return err
	}
	photo, err := e.hidden(ctx, t.Image, t.Edits)
	if err != nil {
		return err
	}
	in := report.SheetInput{
		Photo: photo, Image: t.Image, Region: w.region, Model: w.model.info, Target: w.score(w.task.Target.Class), Style: style, Maps: maps,
	}
	for _, x := range w.model.info.Methods {
		if x.ID == t.Method {
			in.Method = x
		}
	}
	return report.Save(path, func(out io.Writer) error { return report.Sheet(out, in) })
}
