package look

import "fyne.io/fyne/v2"

// The signs of the tools that mark parts of a picture.
var (
	// WhatIf is a picture of which a part is hidden.
	WhatIf = tool("whatif", `<path fill="#000" d="M4 4h16v16H4zm1.8 1.8v12.4h12.4V5.800z" fill-rule="evenodd"/><path fill="#000" d="M8 8h8v8H8z"/>`)
	// Brush is a brush.
	Brush = tool("brush", `<path fill="#000" d="M20.700 3.300c-.6-.6-1.600-.6-2.300 0l-8.200 8.200 2.300 2.300 8.200-8.200c.7-.7.7-1.700 0-2.300z"/><path fill="#000" d="M8.900 12.900c-1.900 0-3.400 1.500-3.400 3.400 0 1.500-1.100 2.300-2.500 2.700 1 1.300 2.700 2 4.500 2 2.700 0 4.800-2.100 4.800-4.700 0-1.900-1.500-3.400-3.400-3.400z"/>`)
	// Box is a rectangle of dashes.
	Box = tool("box", `<path fill="#000" d="M3 4h5v2H5v3H3zM16 4h5v5h-2V6h-3zM3 15h2v3h3v2H3zM19 15h2v5h-5v-2h3zM10.500 4h3v2h-3zM10.500 18h3v2h-3zM3 10.500h2v3H3zM19 10.500h2v3h-2z"/>`)
	// Lasso is a loop with a loose end.
	Lasso = tool("lasso", `<path fill="#000" fill-rule="evenodd" d="M12 3C6.500 3 2.500 6 2.500 9.800c0 2.100 1.200 3.900 3.200 5.100-.1.400-.2.800-.2 1.300 0 1.200.5 2.100 1.300 2.700.5 1 .3 1.900-.6 2.700l1.500 1.400c1.500-1.300 2-2.900 1.500-4.500 1.300-.3 2.200-1.200 2.400-2.400l.4.100c5.500 0 9.500-2.700 9.500-6.400S17.500 3 12 3zm0 2c4.300 0 7.500 2.100 7.500 4.800S16.300 14.600 12 14.600h-.8c-.6-1.200-1.800-2-3.100-2-.6 0-1.100.1-1.500.4-1.300-.8-2.100-2-2.100-3.200C4.500 7.100 7.700 5 12 5zM8.100 14.600c.8 0 1.400.6 1.400 1.300s-.6 1.300-1.300 1.300-.7-.5-.7-1.100.2-1.500.6-1.500z"/>`)
	// Segments is a picture in uneven pieces, one of them taken.
	Segments = tool("segments", `<path fill="#000" fill-rule="evenodd" d="M3 3h18v18H3zm2 2v5.500l5-1.200L11.500 5zm8.600 0-1.500 4.600 2.700 4.100L19 12V5zm5.400 9-4.100 1.600-.6 3.400H19zm-6.700 5 .6-3.600-2.300-3.600L5 12.600V19z"/><path fill="#000" d="m5.500 12.800 4.900-1.200 2.200 3.700-.7 3.500H5.500z"/>`)
	// Eraser is an eraser.
	Eraser = tool("eraser", `<path fill="#000" fill-rule="evenodd" d="M14.600 3.600 3.400 14.800c-.8.8-.8 2 0 2.800l3 3H20v-2h-8.200l8.800-8.800c.8-.8.8-2 0-2.800l-3.200-3.400c-.8-.8-2-.8-2.800 0zM9.500 11.500l4 4-3.100 3.100H7.200l-2.400-2.400z"/>`)
	// Beside is two pictures, one of them with a hidden part.
	Beside = tool("beside", `<path fill="#000" fill-rule="evenodd" d="M2 5h9v14H2zm1.800 1.800v10.400h5.400V6.800zM13 5h9v14h-9zm1.800 1.800v10.400h5.400V6.800z"/><path fill="#000" d="M15.800 9.500h3.400v5h-3.400z"/>`)
	// Regions is two overlapping outlines.
	Regions = tool("regions", `<path fill="#000" fill-rule="evenodd" d="M3 3h12v6h6v12H9v-6H3zm2 2v8h4V9h4V5zm6 6v8h8v-8z"/>`)
)

func tool(name, paths string) *fyne.StaticResource {
	return fyne.NewStaticResource(name+".svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">`+paths+`</svg>`))
}
