package region

import "image/color"

// colors are told apart by all kinds of colour vision (Okabe and Ito, Color
// Universal Design, 2008; without black).
var colors = []color.NRGBA{
	{R: 0x56, G: 0xb4, B: 0xe9, A: 255},
	{R: 0xe6, G: 0x9f, A: 255},
	{R: 0xcc, G: 0x79, B: 0xa7, A: 255},
	{G: 0x9e, B: 0x73, A: 255},
	{R: 0xf0, G: 0xe4, B: 0x42, A: 255},
	{R: 0xd5, G: 0x5e, A: 255},
	{G: 0x72, B: 0xb2, A: 255},
}

// Color is the opaque colour of a region by its place in the list, from 0 on, on
// the screen and in reports; after seven they come again.
func Color(i int) color.NRGBA { return colors[i%len(colors)] }
