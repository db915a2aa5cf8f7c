package look

import "image/color"

// inkAlpha is opaque to whatever reads eight bits of it: 0xff7b >> 8 is 0xff.
const inkAlpha = 0xff7b

// ink is the colour of words as Fyne's own widgets get it. Its menus write keys
// in the colour of words at 95 % of its opacity, but keep the wrong eight of the
// sixteen bits (shortcutColor in Fyne 2.7.1): of 0xffff is left 0x32, a fifth,
// and the keys are hardly seen. Of 0xff7b is left 0xb4, seven tenths: quieter than
// the words before them, and legible.
type ink struct{ color.NRGBA }

// RGBA is color.Color's. No channel of ours is above the alpha.
func (i ink) RGBA() (r, g, b, a uint32) {
	r, g, b, _ = i.NRGBA.RGBA()
	return r, g, b, inkAlpha
}
