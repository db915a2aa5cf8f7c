package cli

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"seewhy/analysis/edit"
	"seewhy/analysis/region"
	"seewhy/analysis/report"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
)

const (
	// hideNothing is the value of --hide that takes a task's edits away.
	hideNothing = "none"
	// knownRegions is the value of --region for all that the gallery knows.
	knownRegions = "truth"
)

// regionsAsked are those of --region: drawn ones, and names of the gallery's.
type regionsAsked struct {
	drawn []task.Region
	named []string
}

// edits reads --hide SHAPE:FILL.
func (f *explainFlags) edits() ([]task.Edit, error) {
	if len(f.hide) == 1 && f.hide[0] == hideNothing {
		return nil, nil
	}
	var out []task.Edit
	for _, text := range f.hide {
		i := strings.LastIndexByte(text, ':')
		if i < 0 || !slices.Contains(edit.Fills(), task.Fill(text[i+1:])) {
			return nil, usage("--hide %q: write SHAPE:FILL, with one of the fills %s", text, strings.Join(fills(), ", "))
		}
		s, err := partOf("--hide", text[:i])
		if err != nil {
			return nil, err
		}
		out = append(out, task.Edit{Shape: s, Fill: task.Fill(text[i+1:])})
	}
	if err := edit.Check(out); err != nil {
		return nil, usage("--hide: %v", err)
	}
	return out, nil
}

func fills() []string {
	var out []string
	for _, f := range edit.Fills() {
		out = append(out, string(f))
	}
	return out
}

// askedRegions reads --region NAME=SHAPE, or NAME. The same name again adds a shape.
func (f *explainFlags) askedRegions() (regionsAsked, error) {
	var out regionsAsked
	for _, text := range f.regions {
		name, drawn, ok := strings.Cut(text, "=")
		if !ok {
			out.named = append(out.named, text)
			continue
		}
		s, err := partOf("--region", drawn)
		if err != nil {
			return out, err
		}
		i := slices.IndexFunc(out.drawn, func(r task.Region) bool { return r.Name == name })
		if i < 0 {
			i, out.drawn = len(out.drawn), append(out.drawn, task.Region{Name: name})
		}
		out.drawn[i].Shapes = append(out.drawn[i].Shapes, s)
	}
	if err := edit.CheckRegions(out.drawn); err != nil {
		return out, usage("--region: %v", err)
	}
	return out, nil
}

// partOf reads a shape as docs/cli.md writes them.
func partOf(flag, text string) (task.Shape, error) {
	kind, rest, _ := strings.Cut(text, ":")
	s := task.Shape{Kind: task.ShapeKind(kind)}
	if s.Kind == task.Mask {
		return maskFile(flag, rest)
	}
	var numbers []float64
	for _, word := range strings.FieldsFunc(rest, func(r rune) bool { return r == ',' || r == ' ' }) {
		v, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return s, usage("%s %q: %q is no number", flag, text, word)
		}
		numbers = append(numbers, v)
	}
	if s.Kind == task.Brush && len(numbers) > 0 {
		s.Radius, numbers = numbers[0], numbers[1:]
	}
	if len(numbers)%2 != 0 {
		return s, usage("%s %q: places are pairs of numbers, x and y from 0 to 1", flag, text)
	}
	for i := 0; i < len(numbers); i += 2 {
		s.Points = append(s.Points, task.Point{X: numbers[i], Y: numbers[i+1]})
	}
	if err := edit.CheckShape(s); err != nil {
		return s, usage("%s %q: %v; write box:X0,Y0,X1,Y1, lasso:X,Y,X,Y,..., brush:RADIUS,X,Y,... or mask:FILE", flag, text, err)
	}
	return s, nil
}

// maskFile reads a picture whose bright pixels are in.
func maskFile(flag, path string) (task.Shape, error) {
	if _, err := os.Stat(path); err != nil {
		return task.Shape{}, unusable("%s: mask %s: cannot be read: %v", flag, path, reason(err))
	}
	pic, err := prep.Open(path, prep.Limits{Pixels: edit.MaxCells})
	if err != nil {
		// It is named as what it is for, not as a picture to explain.
		return task.Shape{}, unusable("%s: mask %s: %v", flag, path, errors.New(strings.TrimPrefix(err.Error(), "picture "+filepath.Base(path)+": ")))
	}
	if b := pic.Image.Bounds(); max(b.Dx(), b.Dy()) > edit.MaxMaskSide {
		return task.Shape{}, unusable("%s: mask %s: %d x %d pixels; a side has at most %d", flag, path, b.Dx(), b.Dy(), edit.MaxMaskSide)
	}
	s := edit.MaskOfImage(pic.Image)
	if err := edit.CheckShape(s); err != nil {
		return s, unusable("%s: mask %s: %v", flag, path, err)
	}
	if len(s.Runs) < 2 {
		return s, unusable("%s: mask %s: no pixel is bright, so nothing is in it", flag, path)
	}
	return s, nil
}

// of are the regions of one picture: those drawn, and those that the gallery
// knows of it under the names asked for.
func (a regionsAsked) of(flag string, known []task.Region, ref string) ([]task.Region, error) {
	out := slices.Clone(a.drawn)
	for _, name := range a.named {
		found := known
		if name != knownRegions {
			found = nil
			if i := slices.IndexFunc(known, func(r task.Region) bool { return r.Name == name }); i >= 0 {
				found = known[i : i+1]
			}
		}
		if len(found) == 0 {
			var names []string
			for _, r := range known {
				names = append(names, r.Name)
			}
			if len(names) == 0 {
				return nil, usage("%s %s: nothing is known of %s; write a shape", flag, name, ref)
			}
			return nil, usage("%s %s: the gallery knows no such part of %s; it knows: %s", flag, name, ref, strings.Join(names, ", "))
		}
		for _, r := range found {
			if !slices.ContainsFunc(out, func(x task.Region) bool { return x.Name == r.Name }) {
				out = append(out, r)
			}
		}
	}
	// Each list may be sound and both together too much.
	if err := edit.CheckRegions(out); err != nil {
		return nil, usage("--region: %v", err)
	}
	return out, nil
}

// regions are those that are asked for of a picture.
func (b *batch) regions(ref string, asked regionsAsked) ([]task.Region, error) {
	if len(asked.named) == 0 {
		return asked.drawn, nil
	}
	known, err := b.engine.GalleryRegions(ref)
	if err != nil {
		return nil, err
	}
	return asked.of("--region", known, ref)
}

// share counts a result's map in regions.
func share(r *task.Result, regions []task.Region) {
	if len(regions) == 0 {
		return
	}
	size := prep.Size{Width: r.Task.Image.Width, Height: r.Task.Image.Height}
	// A detector's box is there already.
	all := slices.Clone(r.Regions)
	for _, x := range regions {
		if !slices.ContainsFunc(all, func(y task.Region) bool { return y.Name == x.Name }) {
			all = append(all, x)
		}
	}
	r.Regions, r.Shares = all, region.Shares(r.Map, r.Region, size, all)
}

// hidden tells in words what was hidden and how the map is shared out.
func hidden(r task.Result) [][]string {
	var rows [][]string
	if words := report.HiddenWords(r.Task.Edits, r.Task.Image.Width, r.Task.Image.Height, i18n.T); words != "" {
		rows = append(rows, []string{i18n.T("Hidden"), words})
	}
	for i, s := range r.Shares {
		title := ""
		if i == 0 {
			title = i18n.T("Regions")
		}
		rows = append(rows, []string{title, report.RegionName(s.Name, r.Task.Image, i18n.T) + ": " + report.RegionWords(s, i18n.T)})
	}
	return rows
}
