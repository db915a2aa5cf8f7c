package state

import (
	"image"
	"testing"

	"seewhy/ui/session"
)

func TestCopying(t *testing.T) {
	d := booted(t, Options{})
	d.send(PictureCopied{})
	without[ComposePicture](d)
	if !d.Toast.Warning {
		t.Error("without a picture nothing is said")
	}
	d = opened(t)
	d.Photo.Levels = []image.Image{image.NewRGBA(image.Rect(0, 0, 400, 200)), image.NewRGBA(image.Rect(0, 0, 200, 100))}
	d.send(PictureSaved{Path: "/x/y.png"})
	c := must[ComposePicture](d)
	if c.Path != "/x/y.png" || c.Photo != d.Photo.Levels[0] || c.Bare || len(c.Map.Values) != 2 || c.Place.Region.X0 != 100 || c.Style.Alpha != d.Panes[0].Style.Alpha {
		t.Errorf("%+v", c)
	}
	d.send(ValuesCopied{})
	if v := must[CopyValues](d); v.Map.Width != 2 {
		t.Errorf("%+v", v.Map)
	}
	d.send(ValuesCopied{Pane: 7})
	without[CopyValues](d)
	// Copying is no step.
	d.send(ItemMarked{Mark: session.Starred})
	d.send(PictureCopied{})
	if d.Undoable() != "mark" {
		t.Errorf("undo %q", d.Undoable())
	}
}
