package onnx

// MapAbove sets the size of external weights above which files are mapped, for
// a test, and returns what undoes it.
func MapAbove(n int64) (restore func()) {
	old := mapAbove
	mapAbove = n
	return func() { mapAbove = old }
}
