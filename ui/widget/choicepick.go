package widget

import (
	"strings"

	"fyne.io/fyne/v2"
)

// begin goes to the row that the query names in full, else to the first that
// starts with it, else to the first: "grad" means Grad-CAM rather than
// EigenGrad-CAM above it.
func (c *Choices) begin(query string) {
	named := false
	for i, r := range c.rows {
		title := strings.ToLower(r.choice.Title)
		if r.choice.Why != "" || !strings.HasPrefix(title, query) {
			continue
		}
		if !named || title == query {
			// The row before it: move goes on from there.
			c.at = i - 1
			named = true
		}
		if title == query {
			break
		}
	}
	c.move(1)
}

// ShowChosen scrolls to the first line that is chosen already; the keys go on
// from there.
func (c *Choices) ShowChosen() {
	for i, r := range c.rows {
		if r.choice.Chosen {
			c.reveal(r)
			if r.choice.Why == "" {
				c.stand(i)
			}
			return
		}
	}
}

// stand makes a row the one that Enter picks, and shows which it is.
func (c *Choices) stand(i int) {
	if c.at >= 0 {
		c.rows[c.at].FocusLost()
	}
	c.at = i
	c.rows[i].FocusGained()
}

// reveal scrolls as little as shows all of a row.
func (c *Choices) reveal(row *choiceRow) {
	y, h := row.Position().Y, row.MinSize().Height
	switch view := c.scroll.Size().Height; {
	case y < c.scroll.Offset.Y:
		c.scroll.Offset.Y = y
		c.scroll.Refresh()
	case view > 0 && y+h > c.scroll.Offset.Y+view:
		c.scroll.Offset.Y = y + h - view
		c.scroll.Refresh()
	}
}

func (c *Choices) pick(ch Choice) {
	if ch.Why == "" && c.OnPicked != nil {
		c.OnPicked(ch.ID)
	}
}

func (c *Choices) tick(ch Choice) {
	if ch.Why == "" && c.OnTicked != nil {
		c.OnTicked(ch.ID)
	}
}

// SetTicked ticks the boxes of the lines with these IDs, and of no others;
// lines without a box are marked as chosen.
func (c *Choices) SetTicked(ids []string) {
	c.ticked = make(map[string]bool, len(ids))
	for _, id := range ids {
		c.ticked[id] = true
	}
	for i := range c.all {
		c.all[i].Chosen = c.ticked[c.all[i].ID]
	}
	for _, r := range c.rows {
		if on := c.ticked[r.choice.ID]; on != r.ticked || on != r.choice.Chosen {
			r.ticked, r.choice.Chosen = on && r.choice.Ticks, on
			r.Refresh()
		}
	}
}

// move goes to the next row up or down that can be picked.
func (c *Choices) move(by int) {
	for i := c.at + by; i >= 0 && i < len(c.rows); i += by {
		if c.rows[i].choice.Why == "" {
			c.stand(i)
			c.reveal(c.rows[i])
			return
		}
	}
}

func (c *Choices) key(name fyne.KeyName) bool {
	switch name {
	case fyne.KeyDown:
		c.move(1)
	case fyne.KeyUp:
		c.move(-1)
	case fyne.KeyReturn, fyne.KeyEnter:
		if c.at >= 0 {
			c.rows[c.at].fire()
		}
	case fyne.KeyInsert:
		if c.at >= 0 && c.rows[c.at].choice.Ticks {
			c.rows[c.at].onTick()
		}
	case fyne.KeyEscape:
		if c.OnClosed != nil {
			c.OnClosed()
		}
	default:
		return false
	}
	return true
}

// FocusGained and FocusLost are Fyne's hooks: the line that Enter picks is marked
// whether or not the list has the keyboard.
func (c *Choices) FocusGained() {}

// FocusLost does nothing.
func (c *Choices) FocusLost() {}

// TypedRune does nothing: a list without a search field has no use for letters,
// and they are not meant for the window under it.
func (c *Choices) TypedRune(rune) {}

// TypedKey is Fyne's hook, for a list without a search field.
func (c *Choices) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyHome:
		c.edge(0, 1)
	case fyne.KeyEnd:
		c.edge(len(c.rows)-1, -1)
	case fyne.KeySpace:
		c.key(fyne.KeyReturn)
	default:
		c.key(e.Name)
	}
}

// edge goes to the row nearest to an end that can be picked.
func (c *Choices) edge(from, by int) {
	for i := from; i >= 0 && i < len(c.rows); i += by {
		if c.rows[i].choice.Why == "" {
			c.stand(i)
			c.reveal(c.rows[i])
			return
		}
	}
}
