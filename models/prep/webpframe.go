package prep

import (
	"encoding/binary"
	"image"
	"image/draw"
)

// firstFrame gives the first frame of an animated WebP as a still WebP, with
// the canvas seen from the frame's corner. A WebP that is not animated, or
// whose first frame cannot be found, gives false. The layout is that of
// https://developers.google.com/speed/webp/docs/riff_container.
func firstFrame(data []byte) (still []byte, canvas image.Rectangle, animated bool) {
	var size image.Point
	riffChunks(data, func(id string, body []byte) bool {
		switch {
		case id == "VP8X" && len(body) >= 10:
			const animation = 1 << 1
			if body[0]&animation == 0 {
				return false
			}
			size = image.Pt(uint24(body[4:])+1, uint24(body[7:])+1)
		case id == "ANMF" && len(body) >= 16 && size != image.Point{}:
			// Places are kept as halves.
			x, y := 2*uint24(body), 2*uint24(body[3:])
			w, h := uint24(body[6:])+1, uint24(body[9:])+1
			if x+w > size.X || y+h > size.Y {
				return false
			}
			still, animated = asStill(body[16:], w, h), true
			canvas = image.Rect(-x, -y, size.X-x, size.Y-y)
			return false
		}
		return true
	})
	return still, canvas, animated
}

// asStill makes a file of a frame's own chunks, w x h pixels.
func asStill(chunks []byte, w, h int) []byte {
	const alpha = 1 << 4
	head := make([]byte, 10)
	// The container's own file header comes first for riffChunks: 12 bytes.
	riffChunks(append(make([]byte, 12), chunks...), func(id string, _ []byte) bool {
		if id == "ALPH" {
			head[0] = alpha
		}
		return id != "ALPH"
	})
	put24(head[4:], w-1)
	put24(head[7:], h-1)
	out := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00")
	out = append(append(out, head...), chunks...)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

func put24(b []byte, v int) { b[0], b[1], b[2] = byte(v), byte(v>>8), byte(v>>16) }

// onCanvas lays a frame over white, where the canvas is larger.
func onCanvas(frame *image.RGBA, canvas image.Rectangle) *image.RGBA {
	if frame.Rect == canvas {
		return frame
	}
	out := image.NewRGBA(image.Rect(0, 0, canvas.Dx(), canvas.Dy()))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, frame.Rect.Sub(canvas.Min), frame, image.Point{}, draw.Src)
	return out
}
