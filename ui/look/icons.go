package look

import "fyne.io/fyne/v2"

// Sliders is the sign of a method's settings: two sliders.
var Sliders = fyne.NewStaticResource("sliders.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path fill="#000" d="M3 7h9v2H3zM18 7h3v2h-3zM3 15h3v2H3zM12 15h9v2h-9z"/><path fill="#000" d="M15 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zm0 2a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zM9 12.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zm0 2a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z"/></svg>`))

// Layers is the sign of a network's layers: three sheets.
var Layers = fyne.NewStaticResource("layers.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path fill="#000" d="M12 2 2 7.5l10 5.5 10-5.5z"/><path fill="#000" d="m2 12 10 5.5L22 12l-2.1-1.15L12 15.2l-7.9-4.35z"/><path fill="#000" d="m2 16.5 10 5.5 10-5.5-2.1-1.15L12 19.7l-7.9-4.35z"/></svg>`))

// Note is the sign of a note: a sheet with lines.
var Note = fyne.NewStaticResource("note.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path fill="#000" d="M5 3h14a2 2 0 0 1 2 2v10l-6 6H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm0 2v14h8v-6h6V5z"/><path fill="#000" d="M7 8h10v2H7zM7 12h5v2H7z"/></svg>`))
