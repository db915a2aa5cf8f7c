package state

import (
	"strings"

	"seewhy/assets/i18n"
)

// Title is what a picture is called on the screen: titles of the gallery are
// keys of the translation, names of files are none.
func (it *Item) Title() string {
	if strings.HasPrefix(it.Ref, "gallery:") {
		return i18n.T(it.Name)
	}
	return it.Name
}
