package report

import (
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"

	"seewhy/analysis/edit"
	"seewhy/analysis/region"
	"seewhy/analysis/task"
)

// fillWords and shapeWords are English, and keys of their translations.
var (
	fillWords = map[task.Fill]string{
		task.FillBlur: "blurred", task.FillMean: "mean colour of the picture", task.FillNoise: "noise",
		task.FillGrey: "mid-grey", task.FillInpaint: "continued from around it", task.FillRestore: "shown again",
	}
	shapeWords = map[task.ShapeKind]string{task.Box: "box", task.Lasso: "lasso", task.Brush: "brush", task.Mask: "mask"}
)

// areaSide is the longer side that the hidden part of a picture is measured at.
const areaSide = 1024

// HiddenWords says what edits of a picture of width x height hide, and with
// what: "blurred (2 × brush, 1 × box), 12.3 % of the picture"; nothing where
// there are none. Tr translates.
func HiddenWords(edits []task.Edit, width, height int, tr func(key string, args ...any) string) string {
	if len(edits) == 0 {
		return ""
	}
	type kinds struct {
		fill  task.Fill
		order []task.ShapeKind
		n     map[task.ShapeKind]int
	}
	var list []*kinds
	for _, e := range edits {
		i := slices.IndexFunc(list, func(k *kinds) bool { return k.fill == e.Fill })
		if i < 0 {
			i, list = len(list), append(list, &kinds{fill: e.Fill, n: map[task.ShapeKind]int{}})
		}
		if k := list[i]; k.n[e.Kind] == 0 {
			k.order = append(k.order, e.Kind)
		}
		list[i].n[e.Kind]++
	}
	var out []string
	for _, k := range list {
		var shapes []string
		for _, kind := range k.order {
			shapes = append(shapes, fmt.Sprintf("%d × %s", k.n[kind], tr(shapeWords[kind])))
		}
		out = append(out, fmt.Sprintf("%s (%s)", tr(fillWords[k.fill]), strings.Join(shapes, ", ")))
	}
	long := max(width, height, 1)
	w, h := max(1, width*areaSide/long), max(1, height*areaSide/long)
	sum := 0
	for _, a := range edit.Hidden(edits, w, h).Pix {
		sum += int(a)
	}
	return strings.Join(out, ", ") + "; " + tr("%s of the picture", percent(float64(sum)/255/float64(w*h)))
}

// RegionWords says how much of a map lies in a region: "62.1 % of the
// attribution on 3.2 % of the area".
func RegionWords(r task.RegionShare, tr func(key string, args ...any) string) string {
	return tr("%s of the attribution on %s of the area", percent(r.Attribution), percent(r.Area))
}

// RegionName is a region's name for people: what the engine itself calls one, a
// class without a name or the part that was asked about, and what is known of a
// picture of the gallery, in their language.
func RegionName(name string, of task.ImageRef, tr func(key string, args ...any) string) string {
	if name == task.AskedRegion {
		return tr("region")
	}
	if strings.HasPrefix(of.Path, task.GalleryPrefix) {
		// Of several of a name the later ones are numbered.
		if word, number, ok := strings.Cut(name, " "); ok && strings.Trim(number, "0123456789") == "" {
			return tr(word) + " " + number
		}
		return tr(name)
	}
	return ClassName(name, tr)
}

// ClassOf is a class's name for people: of a model inside the program in their
// language, of others what the model calls it.
func ClassOf(m task.ModelRef, name string, tr func(key string, args ...any) string) string {
	if m.Builtin() {
		return tr(name)
	}
	return ClassName(name, tr)
}

// ClassName is a class's name for people: what one without a name is called, in
// their language.
func ClassName(name string, tr func(key string, args ...any) string) string {
	if class, ok := task.UnnamedClass(name); ok {
		return tr("class %d", class)
	}
	return name
}

// regionColor is the colour of a region by its place, as on the screen.
func regionColor(i int) color.RGBA { return color.RGBA(region.Color(i)) }

// marks outlines what is hidden, and with the map the regions too.
func (p *page) marks(s *subject, at image.Rectangle, regions bool) {
	if t := s.Result.Task; len(t.Edits) > 0 {
		p.contour(at, edit.Hidden(t.Edits, at.Dx(), at.Dy()), color.RGBA{R: 255, G: 255, B: 255, A: 255})
	}
	if !regions {
		return
	}
	for i, r := range s.Result.Regions {
		p.contour(at, edit.Cover(r.Shapes, at.Dx(), at.Dy()), regionColor(i))
	}
}

// contour draws the edge of what is covered: a line inside of it, a dark one outside.
func (p *page) contour(at image.Rectangle, cover *image.Alpha, c color.RGBA) {
	thick := max(1, p.px(1.25))
	p.draw(func(img *image.RGBA) {
		w, h := at.Dx(), at.Dy()
		in := func(x, y int) bool {
			return x >= 0 && y >= 0 && x < w && y < h && cover.Pix[y*cover.Stride+x] >= 128
		}
		for y := range h {
			for x := range w {
				here, edge := in(x, y), false
				for d := 1; d <= thick && !edge; d++ {
					edge = in(x-d, y) != here || in(x+d, y) != here || in(x, y-d) != here || in(x, y+d) != here
				}
				if !edge {
					continue
				}
				if here {
					img.SetRGBA(at.Min.X+x, at.Min.Y+y, c)
					continue
				}
				q := img.RGBAAt(at.Min.X+x, at.Min.Y+y)
				img.SetRGBA(at.Min.X+x, at.Min.Y+y, color.RGBA{q.R / 3, q.G / 3, q.B / 3, 255})
			}
		}
	})
}

// before is the class's answer without the edits; false where it is not known.
func (s *subject) before(class int) (task.Score, bool) {
	for _, b := range s.Result.Before {
		if b.Class == class {
			return b, true
		}
	}
	return task.Score{}, false
}

// maxRegions bounds the regions that are listed.
const maxRegions = 12

// shares prints the share of the map beside that of the area, region by region.
func (p *page) shares(s *subject, x, w float64) {
	list := s.Result.Shares[:min(len(s.Result.Shares), maxRegions)]
	if len(list) == 0 {
		return
	}
	const names, figures = 250.0, 84.0
	bars := w - names - 2*figures
	p.text(x, p.y, p.tr("Regions"), styleHeading, left)
	p.text(x+w-figures, p.y, p.tr("attribution"), styleSmall, right)
	p.text(x+w, p.y, p.tr("area"), styleSmall, right)
	p.y += 28
	for i, r := range list {
		p.fill(x, p.y-10, 10, 10, regionColor(i))
		p.text(x+20, p.y, p.elide(p.clean(RegionName(r.Name, s.Result.Task.Image, p.tr)), styleBody, names-36), styleBody, left)
		p.fill(x+names, p.y-10, bars, 10, mat)
		if r.Attribution > 0 {
			p.fill(x+names, p.y-10, max(bars*min(r.Attribution, 1), 1.5), 10, accent)
		}
		p.fill(x+names+bars*min(max(r.Area, 0), 1)-1, p.y-13, 2, 16, ink)
		p.text(x+w-figures, p.y, percent(r.Attribution), styleBody, right)
		p.text(x+w, p.y, percent(r.Area), textStyle{regular, sizeBody, muted}, right)
		p.y += 27
	}
	p.text(x, p.y-4, p.elide(p.tr("The mark is the area: what an even map would give."), styleSmall, w), styleSmall, left)
	p.y += 30
}
