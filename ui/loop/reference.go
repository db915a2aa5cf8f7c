package loop

import (
	"context"
	"image"

	"seewhy/ui/state"
)

func openReference(ctx context.Context, e Engine, c state.OpenReference) state.Msg {
	info, err := e.OpenImage(ctx, c.Ref)
	if err != nil {
		return state.ReferenceOpened{Job: c.Job, Err: err.Error()}
	}
	return state.ReferenceOpened{Job: c.Job, Info: info, Image: thumb([]image.Image{info.Picture})}
}
