package loop

import (
	"context"
	"image"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/models/prep"
	"seewhy/ui/state"
)

// sweepAlpha is how strongly the maps cover the photo on their thumbnails.
const sweepAlpha = 0.65

// sweep makes the map at every layer, and thumbnails of them.
func sweep(ctx context.Context, e Engine, c state.SweepLayers, p task.Progress) state.Msg {
	maps := c.Maps
	if maps == nil {
		var err error
		if maps, err = e.Sweep(ctx, c.Task, p); err != nil {
			return state.Swept{Job: c.Job, Err: err.Error()}
		}
	}
	// Where in the picture the maps lie is the model's affair; its answer is
	// known already.
	seen, err := e.Predict(ctx, c.Task)
	if err != nil {
		return state.Swept{Job: c.Job, Err: err.Error()}
	}
	out := state.Swept{Job: c.Job, Maps: maps, Thumbs: make([]image.Image, len(maps))}
	if c.Photo == nil {
		return out
	}
	place := heatmap.Place{Region: seen.Region, Picture: prep.Size{Width: c.Task.Image.Width, Height: c.Task.Image.Height}}
	photo := small([]image.Image{c.Photo})
	for i, m := range maps {
		style := heatmap.DefaultStyle()
		style.Colormap, style.Alpha, style.Clip = c.Style.Colormap, sweepAlpha, heatmap.ClipFor(m.Map)
		// A map that cannot be drawn shows the bare photo; its flags tell why.
		out.Thumbs[i] = photo
		if f, err := heatmap.Normalise(m.Map, style.Clip); err == nil {
			if img, err := f.Compose(photo, place, style); err == nil {
				rounded(img, max(img.Rect.Dx(), img.Rect.Dy())/24)
				out.Thumbs[i] = img
			}
		}
	}
	return out
}
