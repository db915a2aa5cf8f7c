package engine

import "testing"

// ValuesAlone skips a test that looks at values, one after the other, under the
// race detector: decoding and resizing are ten times slower there, and sessions
// are built for nothing. What runs at once has tests of its own, and
// scripts/test.sh runs this package without the detector too.
func ValuesAlone(t *testing.T) {
	t.Helper()
	if RaceDetector {
		t.Skip("run without the race detector")
	}
}

func valuesAlone(t *testing.T) {
	t.Helper()
	ValuesAlone(t)
}
