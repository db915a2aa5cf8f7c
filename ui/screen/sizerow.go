package screen

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"seewhy/assets/i18n"
	"seewhy/models/prep"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// sizeRow is the input size in a pane's settings, of models that take any.
type sizeRow struct {
	pane    int
	field   *widget.Field
	own     *widget.Button
	objects []fyne.CanvasObject
}

// newSizeRow is nil where the model takes pictures of one size only.
func newSizeRow(f *form) *sizeRow {
	if !f.state.AnySize(f.pane) {
		return nil
	}
	r := &sizeRow{pane: f.pane}
	r.field = f.newField(func(text string) {
		if size, ok := readSize(text); ok {
			f.Send(state.SizePicked{Pane: f.pane, Size: size})
		}
		f.show(*f.state)
	})
	own := f.state.ModelOf(f.pane).Info.InputSize
	r.own = widget.NewButton(i18n.T("The model's own, %s px", sizeText(own)), nil, widget.Normal, func() { f.Send(state.SizePicked{Pane: f.pane}) })
	r.objects = []fyne.CanvasObject{
		widget.Spacer(1, 2),
		container.New(fieldRow{}, widget.NewText(i18n.T("Input size")), r.field, widget.NewText(i18n.T("px")).Small().Whole()),
		r.own,
		widget.NewText(i18n.T("This model takes pictures of any size. A smaller input needs less memory and time and shows less detail; 160 or 160x120.")).Small().Wrapped(4),
	}
	return r
}

func (r *sizeRow) show(s state.State) {
	if r == nil {
		return
	}
	r.field.SetValue(sizeText(s.SizeOf(r.pane)))
	r.own.SetOn(!s.Resized(r.pane))
}

// sizeText is a size as it is typed: 160, or 160x120.
func sizeText(s prep.Size) string {
	if s.Width == s.Height {
		return fmt.Sprint(s.Width)
	}
	return fmt.Sprintf("%dx%d", s.Width, s.Height)
}

// readSize reads it; nothing is the model's own.
func readSize(text string) (s prep.Size, ok bool) {
	text = strings.ToLower(strings.Join(strings.Fields(text), ""))
	if text == "" {
		return s, true
	}
	text = strings.ReplaceAll(text, "×", "x")
	var rest string
	if n, _ := fmt.Sscanf(text, "%dx%d%s", &s.Width, &s.Height, &rest); n == 2 {
		return s, true
	}
	if n, _ := fmt.Sscanf(text, "%d%s", &s.Width, &rest); n == 1 {
		s.Height = s.Width
		return s, true
	}
	return prep.Size{}, false
}
