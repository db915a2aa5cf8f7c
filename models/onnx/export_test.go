package onnx

// MapFrom sets the size from which data files are mapped, for a test, and
// returns what undoes it.
func MapFrom(n int64) (restore func()) {
	old := mapFrom
	mapFrom = n
	return func() { mapFrom = old }
}
