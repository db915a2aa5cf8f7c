package cli

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"slices"
	"syscall"
	"time"

	"seewhy/analysis/engine"
	"seewhy/analysis/heatmap"
	"seewhy/analysis/report"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// batch runs recipes on pictures, one after the other: one picture keeps all
// cores busy.
type batch struct {
	shell   *shell
	engine  *engine.Engine
	recipes []recipe
	out     destination
	several bool
	flags   explainFlags
}

// told is an error in the user's words.
type told struct {
	words string
	err   error
}

func (t told) Error() string { return t.words }
func (t told) Unwrap() error { return t.err }

// run explains each picture. With several, one that fails does not end the run.
func (b *batch) run(ctx context.Context, list []string) error {
	failed := 0
	for _, ref := range list {
		err := b.picture(ctx, ref)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && (!b.several || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)) {
			// A disk that is full is so for the pictures that follow, too.
			return err
		}
		if err != nil {
			failed++
			b.shell.warn(inWords(err))
		}
	}
	if failed > 0 {
		return unusable("%d of %d pictures could not be explained", failed, len(list))
	}
	return nil
}

func (b *batch) picture(ctx context.Context, ref string) error {
	img, err := b.engine.OpenImage(ctx, ref)
	if err != nil {
		return fault{ExitUnusable, err}
	}
	for _, n := range img.Notes {
		b.shell.say(img.Ref.Name + ": " + note(n))
	}
	var results []task.Result
	for i, r := range b.recipes {
		t := r.task
		switch want := t.Image.SHA256; {
		case want == "" || want == img.Ref.SHA256:
		case b.flags.force && i > 0:
			// It is one picture, and was told.
		case b.flags.force:
			b.shell.warn(i18n.T("picture %s is not the task's, and is used all the same: its SHA-256 is %.12s…, not %.12s…", titled(img.Ref), img.Ref.SHA256, want))
		default:
			return unusable("picture %s is not the task's: its SHA-256 is %.12s…, not %.12s…; --force uses it all the same", titled(img.Ref), img.Ref.SHA256, want)
		}
		t.Image = img.Ref
		if t.At, err = b.at(ctx, ref, t, r); err != nil {
			return fmt.Errorf("%s: %w", titled(img.Ref), err)
		}
		if b.flags.layers == everyLayer {
			if err := b.sweep(ctx, ref, t); err != nil {
				return err
			}
			continue
		}
		// First, since a name that is not known is no reason to wait for a map.
		regions, err := b.regions(ref, r.regions)
		if err != nil {
			return fmt.Errorf("%s: %w", titled(img.Ref), err)
		}
		result, err := b.explain(ctx, t)
		if err != nil {
			return fmt.Errorf("%s: %w", titled(img.Ref), err)
		}
		share(&result, regions)
		results = append(results, result)
	}
	if len(results) == 0 {
		return nil
	}
	path, err := b.export(ctx, ref, results)
	if err != nil {
		return err
	}
	if err := b.outline(ctx, ref, results); err != nil {
		return err
	}
	return b.tell(results, path)
}

// explain shows how far it is. With one picture, the first interrupt keeps what
// a method that samples has so far; with several it ends the run.
func (b *batch) explain(ctx context.Context, t task.Task) (task.Result, error) {
	line := b.shell.newLive()
	defer line.end()
	keep, done, offered := make(chan struct{}), func() {}, false
	defer func() { done() }()
	return b.engine.ExplainLive(ctx, t, task.Live{
		Progress: line.progress, Keep: keep,
		Partial: func(r task.Result) {
			line.partial(r)
			if b.several || offered || b.shell.Interrupts == nil {
				return
			}
			offered = true
			done = b.shell.Interrupts.take(func() { close(keep) })
			line.offer()
		},
	})
}

// export writes the report and returns its path; empty where there is none.
func (b *batch) export(ctx context.Context, ref string, results []task.Result) (string, error) {
	if b.out.none() {
		return "", nil
	}
	path := b.out.path(ref, results[0].Task.Method)
	if err := spares("--out", path, ref, b.recipes[0].model.Ref.Path, b.flags.labels); err != nil {
		return "", err
	}
	var styles []heatmap.Style
	for _, r := range b.recipes {
		styles = append(styles, r.style)
	}
	err := b.out.write(b.shell.Stdout, path, func(path string) error {
		return b.engine.Export(ctx, path, results, styles)
	})
	if err != nil {
		return "", told{i18n.T("report: %v", i18n.Tell(err.Error())), err}
	}
	return path, nil
}

// outline writes the picture with its segments, where --segments asks for it.
func (b *batch) outline(ctx context.Context, ref string, results []task.Result) error {
	if b.flags.segments == "" {
		return nil
	}
	r := results[0]
	if r.Segments == nil {
		return usage("--segments: %s divides the picture into none", r.Task.Method)
	}
	path := b.flags.segments
	if err := spares("--segments", path, ref, b.recipes[0].model.Ref.Path, b.flags.labels); err != nil {
		return err
	}
	img, err := b.engine.Outlined(ctx, r.Task, *r.Segments)
	if err != nil {
		return err
	}
	if err := report.Save(path, func(w io.Writer) error { return png.Encode(w, img) }); err != nil {
		return unusable("--segments: %v", err)
	}
	return nil
}

// tell prints what came out: JSON, a line for each of several pictures, or a
// table for one.
func (b *batch) tell(results []task.Result, report string) error {
	out := b.shell.out
	if b.out.stdout {
		out = b.shell.err
	}
	for i, r := range results {
		again := repeats(b.recipes[i].was, r)
		switch {
		case b.flags.json:
			a := newAnswer(r, b.flags.withMap)
			a.Report, a.Repeats = report, again
			if err := out.json(a, false); err != nil {
				return err
			}
		case b.several:
			line := fmt.Sprintf("%s: %s, %s", titled(r.Task.Image), className(r.Task.Model, r.Target), percent(r.Target.Probability))
			if report != "" {
				line += " → " + report
			}
			out.line(line + " (" + seconds(r.Total) + ")")
		default:
			if i > 0 {
				out.line("")
			}
			rows := b.table(r, b.recipes[i].model, report)
			if again != nil {
				rows = append(rows, []string{i18n.T("Repeated"), again.words()})
			}
			out.rows("", rows)
		}
	}
	return nil
}

func (b *batch) table(r task.Result, model task.ModelInfo, report string) [][]string {
	t := r.Task
	layers := t.Layers
	if len(layers) == 0 {
		layers = []string{t.Layer}
	}
	names := slices.Clone(layers)
	for _, l := range model.Layers {
		if i := slices.Index(layers, l.Value); i >= 0 {
			names[i] = l.Name
		}
	}
	title := t.Method
	for _, m := range model.Methods {
		if m.ID == t.Method {
			title = i18n.T(m.Title)
		}
	}
	rows := [][]string{
		{i18n.T("Picture"), fmt.Sprintf("%s (%d × %d)", titled(t.Image), t.Image.Width, t.Image.Height)},
		{i18n.T("Model"), i18n.T(model.Title)},
		{i18n.T("Method"), title + at(names...)},
	}
	rows = append(rows, hidden(r)...)
	rows = append(rows, explained(r)...)
	rows = append(rows, measured(r)...)
	if report != "" {
		rows = append(rows, []string{i18n.T("Report"), report})
	}
	return append(rows, []string{i18n.T("Time"), i18n.T("%s on %s", seconds(r.Total), r.Device)})
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
