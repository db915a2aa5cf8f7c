//go:build js || wasm || android || ios

package ui

// leaveOutDepth does nothing where windows are not GLFW's.
func leaveOutDepth() {}
