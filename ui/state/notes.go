package state

import (
	"strings"
	"unicode/utf8"

	"seewhy/ui/session"
)

// ItemNoted sets what the person wrote about a picture; empty takes the note away.
type ItemNoted struct {
	Item ItemID
	Note string
}

func (ItemNoted) msg() {}

// noted keeps a note within what a session holds, and without blanks around it.
func (u *update) noted(m ItemNoted) {
	note := clipped(strings.TrimSpace(m.Note), session.MaxNote)
	if it, _ := u.Item(m.Item); it == nil || it.Note == note {
		return
	}
	u.replace(m.Item, func(it *Item) { it.Note = note })
}

// clipped is the beginning of a text, at most so many bytes, with no rune cut.
func clipped(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}
