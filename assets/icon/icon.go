// Package icon holds SeeWhy's icon: an eye whose iris is a heat map.
//
//	window.SetIcon(fyne.NewStaticResource(icon.Name, icon.PNG()))
//
// icon.svg is the source; icon.png was rendered from it at 512 pixels.
package icon

import _ "embed"

// Name is the file name that belongs to PNG.
const Name = "icon.png"

//go:embed icon.png
var png []byte

// PNG is the icon, 512x512 pixels with transparent corners. It must not be changed.
func PNG() []byte { return png }
