package engine

import (
	"context"
	"fmt"
	"sync"

	"github.com/disintegration/imaging"

	"seewhy/analysis/segment"
	"seewhy/analysis/task"
)

// superpixelSide bounds the longer side that a picture is divided at: finer than
// a hand picks, and done within a second.
const superpixelSide = 384

// Superpixels divides a picture, whole and without edits, into pieces that look
// of a piece: at most 384 cells on the longer side. About is how many pieces
// SLIC makes, 2 to task.MostSuperpixels, 0 for 100; of quickshift the larger it is
// the smaller they are. edit.MaskOfSegments makes a shape of some of them. The
// answer is remembered; its labels must not be changed.
func (e *Engine) Superpixels(ctx context.Context, image task.ImageRef, how task.Superpixels, about int) (task.Segments, error) {
	if about == 0 {
		about = 100
	}
	if about < 2 || about > task.MostSuperpixels {
		return task.Segments{}, fmt.Errorf("%d superpixels were asked for; there can be 2 to %d", about, task.MostSuperpixels)
	}
	if how != task.SLIC && how != task.Quickshift {
		return task.Segments{}, fmt.Errorf("superpixels of kind %q are unknown; there are slic and quickshift", how)
	}
	if image.SHA256 == "" && image.Path != "" {
		info, err := e.OpenImage(ctx, image.Path)
		if err != nil {
			return task.Segments{}, err
		}
		image = info.Ref
	}
	key := fmt.Sprint(image.SHA256, "\x00", how, "\x00", about)
	if s, ok := e.superpixels.get(key); ok {
		return s, nil
	}
	img, err := e.picture(image)
	if err != nil {
		return task.Segments{}, err
	}
	if b := img.Bounds(); max(b.Dx(), b.Dy()) > superpixelSide {
		img = imaging.Fit(img, superpixelSide, superpixelSide, imaging.Box)
	}
	// Dividing cannot be stopped; who has gone away does not wait for it.
	done := make(chan task.Segments, 1)
	go func() {
		picture := segment.Of(img)
		var l segment.Labels
		if how == task.SLIC {
			l = segment.SLIC(picture, about, 10)
		} else {
			// At 100, half of LIME's kernel, which is made for pictures a third smaller.
			kernel := min(max(20/float64(about)*10, 1), 8)
			l = segment.Quickshift(picture, segment.QuickshiftOptions{Kernel: kernel, MaxDistance: 200, Ratio: 0.2, Seed: 1})
		}
		s := task.Segments{Width: l.Width, Height: l.Height, Of: l.Of, Count: l.Count}
		e.superpixels.put(key, s)
		done <- s
	}()
	select {
	case s := <-done:
		return s, nil
	case <-ctx.Done():
		return task.Segments{}, ctx.Err()
	}
}

// keptSuperpixels bounds the divisions that are remembered, half a megabyte each.
const keptSuperpixels = 32

type superpixels struct {
	mutex sync.Mutex
	byKey map[string]task.Segments
	order []string
}

func (c *superpixels) get(key string) (task.Segments, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	s, ok := c.byKey[key]
	return s, ok
}

func (c *superpixels) put(key string, s task.Segments) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.byKey == nil {
		c.byKey = map[string]task.Segments{}
	}
	if _, ok := c.byKey[key]; !ok {
		c.order = append(c.order, key)
	}
	c.byKey[key] = s
	for len(c.order) > keptSuperpixels {
		delete(c.byKey, c.order[0])
		c.order = c.order[1:]
	}
}
