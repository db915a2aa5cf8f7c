package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/assets/i18n"
	"seewhy/ui/widget"
)

// tallest bounds a list's height; it scrolls from there on.
const tallest float32 = 640

// choose opens a list beside an object and calls picked with the choice. It
// gives the list back; nil where the object is on no window.
func choose(anchor fyne.CanvasObject, width float32, items []widget.Choice, placeholder string, picked func(id string)) *widget.Choices {
	driver := fyne.CurrentApp().Driver()
	canvas := driver.CanvasForObject(anchor)
	if canvas == nil {
		return nil
	}
	list := widget.NewChoices(items, placeholder, func(left int) string { return i18n.T("%d more: type to narrow the list", left) })
	pop := fynewidget.NewPopUp(list, canvas)
	list.OnClosed = pop.Hide
	list.OnPicked = func(id string) {
		pop.Hide()
		picked(id)
	}
	at := driver.AbsolutePositionForObject(anchor)
	room := canvas.Size()
	below, above := room.Height-at.Y-anchor.Size().Height-16, at.Y-12
	x := min(at.X, room.Width-width-8)
	upwards := false
	fit := func(first bool) {
		// The pop-up has a padding of its own on each side.
		height := list.HeightFor(width-12) + 14
		if first {
			upwards = height > below && above > below
		}
		y := at.Y + anchor.Size().Height + 6
		if upwards {
			height = min(height, above, tallest)
			y = at.Y - height - 3
		}
		height = min(height, max(below, above), tallest)
		if !upwards {
			height = min(height, below)
		}
		showAt(pop, x, y, width, height)
	}
	fit(true)
	list.OnResized = func() { fit(false) }
	list.ShowChosen()
	canvas.Focus(list.Focus())
	return list
}

// popUnder shows a column of controls under an object, as high as the window
// allows; nil where the object is on no window.
func popUnder(anchor fyne.CanvasObject, column *fyne.Container, width float32) *fynewidget.PopUp {
	driver := fyne.CurrentApp().Driver()
	canvas := driver.CanvasForObject(anchor)
	if canvas == nil {
		return nil
	}
	pop := fynewidget.NewPopUp(container.NewVScroll(column), canvas)
	at, room := driver.AbsolutePositionForObject(anchor), canvas.Size()
	// The pop-up has a padding of its own on each side.
	height := column.MinSize().Height + 10
	y := at.Y + anchor.Size().Height + 6
	if below := room.Height - y - 16; height > below {
		y = max(at.Y-height-6, 8)
		height = min(height, room.Height-y-16)
	}
	showAt(pop, max(min(at.X+anchor.Size().Width-width, room.Width-width-8), 8), y, width, height)
	return pop
}

// showAt shows a pop-up at a place of the window, at a size. One that is not
// shown yet is placed by the size that it has, and shown at its least.
func showAt(pop *fynewidget.PopUp, x, y, width, height float32) {
	size := fyne.NewSize(width, height)
	pop.Resize(size)
	pop.ShowAtPosition(fyne.NewPos(x, y))
	pop.Resize(size)
}

// entry is a line of a menu; off greys it out.
func entry(title string, off bool, do func()) *fyne.MenuItem {
	m := fyne.NewMenuItem(title, do)
	m.Disabled = off
	return m
}

// popMenu opens a menu at a place of the window that an object is on.
func popMenu(on fyne.CanvasObject, at fyne.Position, items []*fyne.MenuItem) {
	if canvas := fyne.CurrentApp().Driver().CanvasForObject(on); canvas != nil {
		fynewidget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), canvas, at)
	}
}
