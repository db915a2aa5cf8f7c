package look

import "fyne.io/fyne/v2"

// Sliders is the sign of a method's settings: two sliders.
var Sliders = fyne.NewStaticResource("sliders.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path fill="#000" d="M3 7h9v2H3zM18 7h3v2h-3zM3 15h3v2H3zM12 15h9v2h-9z"/><path fill="#000" d="M15 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zm0 2a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zM9 12.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zm0 2a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z"/></svg>`))
