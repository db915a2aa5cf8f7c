// Package heatmap turns a raw map into pictures: normalise, colour, lay over
// the photograph.
//
//	field, err := heatmap.Normalise(result.Map, style.Clip)
//	over, err := field.Overlay(heatmap.Place{Region: result.Region, Picture: size}, 1024, 768, style)
//	photo, err := field.Compose(photo, place, style)
//
// Overlay's picture has full opacity, so that a window can change the
// transparency without asking again; Compose applies the opacity, for export.
// Nothing here changes the map: numbers beside the colours are in the map's
// own units (see Range).
package heatmap
