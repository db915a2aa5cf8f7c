//go:build !(js || wasm || android || ios)

package ui

import "github.com/go-gl/glfw/v3.3/glfw"

// leaveOutDepth opens windows without a depth and a stencil buffer, which
// nothing here uses: Fyne draws in order. The toolkit's default has both, and
// clears them in every frame: without a graphics card a quarter of the
// rasteriser's time. Call it when the toolkit has begun, before a window is on
// the screen.
func leaveOutDepth() {
	glfw.WindowHint(glfw.DepthBits, 0)
	glfw.WindowHint(glfw.StencilBits, 0)
}
