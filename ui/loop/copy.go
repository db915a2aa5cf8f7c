package loop

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"strconv"
	"strings"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/report"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/state"
)

var (
	errNoClipboard = errors.New("pictures cannot be put into the clipboard here; save it to a file")
	errNoText      = errors.New("there is no clipboard here")
)

// composed lays a map over a photo, pixel by pixel of the photo.
func composed(c state.ComposePicture) (image.Image, error) {
	if c.Bare {
		return c.Photo, nil
	}
	if len(c.Concepts) == 0 {
		field, err := heatmap.Normalise(c.Map, c.Style.Clip)
		if err != nil {
			return nil, err
		}
		return field.Compose(c.Photo, c.Place, c.Style)
	}
	b := c.Photo.Bounds()
	over, err := heatmap.Concepts(c.Concepts, heatmap.AllConcepts, c.Place, b.Dx(), b.Dy())
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, c.Photo, b.Min, draw.Src)
	draw.DrawMask(out, out.Rect, over, image.Point{}, image.NewUniform(color.Alpha{A: uint8(255*c.Style.Alpha + .5)}), image.Point{}, draw.Over)
	return out, nil
}

func (l *Loop) compose(c state.ComposePicture) state.Msg {
	img, err := composed(c)
	switch {
	case err != nil:
	case c.Path != "":
		err = report.Save(c.Path, func(w io.Writer) error { return png.Encode(w, img) })
	case l.config.Clipboard == nil:
		err = errNoClipboard
	default:
		err = l.config.Clipboard.WriteImage(img)
	}
	switch {
	case err != nil && c.Path != "":
		return state.Said{Text: i18n.T("Not saved: %s", i18n.Tell(err.Error())), Warning: true}
	case err != nil:
		return state.Said{Text: i18n.T("Not copied: %s", i18n.Tell(err.Error())), Warning: true}
	case c.Path != "":
		return state.Said{Text: i18n.T("Saved to %s", c.Path)}
	}
	return state.Said{Text: i18n.T("The picture is copied: %d × %d px.", img.Bounds().Dx(), img.Bounds().Dy())}
}

// table is a map as text: a line a row, tabs between, in the fewest digits
// that give the same float32 back.
func table(m task.Map) string {
	var b strings.Builder
	for i, v := range m.Values {
		b.WriteString(strconv.FormatFloat(float64(v), 'g', -1, 32))
		if m.Width > 0 && (i+1)%m.Width == 0 {
			b.WriteByte('\n')
		} else {
			b.WriteByte('\t')
		}
	}
	return b.String()
}

// copyText puts a text into the clipboard; where the desktop's own cannot be
// reached, into the toolkit's.
func (l *Loop) copyText(text, said string) state.Msg {
	err := errNoText
	if l.config.Clipboard != nil {
		err = l.config.Clipboard.WriteText(text)
	}
	if err != nil && l.config.Text != nil {
		l.config.Post(func() { l.config.Text(text) })
		err = nil
	}
	if err != nil {
		return state.Said{Text: i18n.T("Not copied: %s", i18n.Tell(err.Error())), Warning: true}
	}
	return state.Said{Text: said}
}

func copied(m task.Map) string {
	return i18n.T("%s values are copied.", fmt.Sprintf("%d × %d", m.Width, m.Height))
}
