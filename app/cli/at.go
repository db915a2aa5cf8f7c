package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"seewhy/analysis/edit"
	"seewhy/analysis/engine"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// atSeen is the value of --at for where a segmentation sees the class.
const atSeen = "seen"

// atWhole is the value of --at that takes a task's region or box away.
const atWhole = "whole"

// atAsked reads --at SHAPE: shapes, and names of parts that the gallery knows.
func (f *explainFlags) atAsked(r *recipe) error {
	r.task.At, r.parts = nil, nil
	if len(f.at) == 1 && f.at[0] == atWhole {
		return nil
	}
	for _, text := range f.at {
		if !strings.Contains(text, ":") {
			r.parts = append(r.parts, text)
			continue
		}
		s, err := partOf("--at", text)
		if err != nil {
			return err
		}
		r.task.At = append(r.task.At, s)
	}
	if len(r.task.At) == 0 {
		return nil
	}
	if err := edit.CheckRegions([]task.Region{{Name: "at", Shapes: r.task.At}}); err != nil {
		return usage("--at: %v", err)
	}
	return nil
}

// at is what a picture's task asks about: the shapes, and the gallery's parts.
func (b *batch) at(ctx context.Context, ref string, t task.Task, r recipe) ([]task.Shape, error) {
	shapes := r.task.At
	if len(r.parts) == 0 {
		return shapes, nil
	}
	if len(r.parts) == 1 && r.parts[0] == atSeen {
		seen, err := b.engine.Seen(ctx, t)
		return append(slices.Clone(shapes), seen), err
	}
	if number, err := strconv.Atoi(r.parts[0]); err == nil && len(r.parts) == 1 && len(shapes) == 0 {
		return b.box(ctx, t, number)
	}
	known, err := b.engine.GalleryRegions(ref)
	if err != nil {
		return nil, err
	}
	parts, err := regionsAsked{named: r.parts}.of("--at", known, ref)
	if err != nil {
		return nil, err
	}
	shapes = slices.Clone(shapes)
	for _, p := range parts {
		shapes = append(shapes, p.Shapes...)
	}
	return shapes, nil
}

// box is the part of a picture that a detector's box of that number takes, as
// "seewhy info MODEL --image FILE" counts them.
func (b *batch) box(ctx context.Context, t task.Task, number int) ([]task.Shape, error) {
	found, err := b.engine.Boxes(ctx, t)
	if err != nil {
		return nil, err
	}
	if number < 1 || number > len(found) {
		return nil, usage("--at %d: the detector is sure of %d boxes in %s; \"seewhy info MODEL --image FILE\" lists them", number, len(found), titled(t.Image))
	}
	return []task.Shape{found[number-1].Shape}, nil
}

// likeAsked opens the reference picture: that of --like, or the task's own.
func (f *explainFlags) likeAsked(ctx context.Context, e *engine.Engine, r *recipe) error {
	given := f.like
	if given == "" {
		stored := r.task.Like
		if stored == nil {
			return nil
		}
		path, ok := locate("", stored.Path, f.task)
		if !ok {
			return unusable("the task's reference %s (SHA-256 %.12s…) is not here; say where it lies with --like", titled(*stored), stored.SHA256)
		}
		given = path
	}
	img, err := e.OpenImage(ctx, given)
	if err != nil {
		return fault{ExitUnusable, fmt.Errorf("--like: %w", err)}
	}
	if was := r.task.Like; f.like == "" && was.SHA256 != "" && was.SHA256 != img.Ref.SHA256 && !f.force {
		return unusable("picture %s is not the task's: its SHA-256 is %.12s…, not %.12s…; --force uses it all the same", titled(img.Ref), img.Ref.SHA256, was.SHA256)
	}
	r.task.Like = &img.Ref
	return nil
}

// readAs says how a model's outputs are read.
func readAs(m task.ModelInfo) string {
	switch m.Output {
	case task.Segmentation:
		return i18n.T("segmentation: the sum of a class's logit over the picture, or over --at SHAPE")
	case task.Detection:
		return i18n.T("detection: the class scores of one box, the most confident, the one nearest to --at SHAPE, or that of number --at N (--image lists them)")
	case task.Scores:
		return i18n.T("class scores; with --like FILE an embedding: the cosine similarity to that of another picture")
	}
	return ""
}
