package report

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// SheetInput is a sweep with what is needed to show it.
type SheetInput struct {
	// Photo is the upright picture, whole; it may be a scaled copy. Image says
	// its size, Region what of it the maps cover.
	Photo  image.Image
	Image  task.ImageRef
	Region prep.Region
	// Model's and Method's titles are shown, and the class that is explained.
	Model  task.ModelInfo
	Method task.MethodInfo
	Target task.Score
	Style  heatmap.Style
	Maps   []task.LayerMap
}

// maxSheet bounds the maps of one sheet.
const maxSheet = 400

// Sheet writes a page with one small picture a layer, in the order given, each
// with what is known of its map. It carries no task: a report of one layer does.
func Sheet(w io.Writer, in SheetInput) error {
	if in.Photo == nil || in.Photo.Bounds().Empty() {
		return errors.New("report: there is no picture to show")
	}
	if len(in.Maps) < 1 || len(in.Maps) > maxSheet {
		return fmt.Errorf("report: a sheet shows 1 to %d maps, not %d", maxSheet, len(in.Maps))
	}
	fonts, err := loadFonts(FindCJK())
	if err != nil {
		return err
	}
	p := &page{fonts: fonts, scale: 1.25, y: margin, inside: in.Model.Ref.Builtin()}
	p.heading(p.join(p.term(in.Method.Title), p.label(in.Target), percent(in.Target.Probability)), p.join(p.modelTitle(in.Model), in.Image.Title(p.term)))
	columns := min(len(in.Maps), 4)
	width := (content - gutter*float64(columns-1)) / float64(columns)
	fw, fh := fit(in.Image.Width, in.Image.Height, width)
	row := fh + 76
	top := p.y
	for i, m := range in.Maps {
		style := in.Style
		style.Clip = heatmap.ClipFor(m.Map)
		s, err := newSubject(Input{
			Photo: in.Photo, Style: style, Method: in.Method, Model: in.Model,
			Result: task.Result{Task: task.Task{Image: in.Image, Method: in.Method.ID}, Map: m.Map, Region: in.Region},
		})
		if err != nil {
			return fmt.Errorf("layer %s: %w", m.Layer.Name, err)
		}
		x, y := margin+float64(i%columns)*(width+gutter), top+float64(i/columns)*row
		p.overlay(s, p.frame(x, y, width, fh, fw, fh))
		p.text(x, y+fh+20, p.elide(m.Layer.Name, styleStrong, width), styleStrong, left)
		p.text(x, y+fh+38, p.elide(p.sizeOf(m), styleSmall, width), styleSmall, left)
		for _, wrong := range m.Wrong() {
			st := styleSmall
			st.ink = amber
			p.text(x, y+fh+54, p.elide(p.term(wrong), st, width), st, left)
			break
		}
	}
	p.y = top + row*float64((len(in.Maps)+columns-1)/columns) + margin/2
	img, err := p.finish()
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	return encoder.Encode(w, img)
}

// sizeOf tells a layer's grid, and how alike another class's map is.
func (p *page) sizeOf(m task.LayerMap) string {
	size := fmt.Sprintf("%d × %d", m.Map.Width, m.Map.Height)
	if m.Other < 0 || m.Empty {
		return size
	}
	return p.join(size, p.tr("another class: correlation %.2f", m.OtherClass))
}
