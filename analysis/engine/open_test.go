package engine

import (
	"os"
	"testing"

	"seewhy/models/runtime"
)

// newTestEngine is an engine that is closed with the test. The test is skipped
// where there is no runtime library, save in CI, which has one.
func newTestEngine(t testing.TB, o Options) *Engine {
	t.Helper()
	if _, err := runtime.Find(o.Library); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	o.Version = "test"
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}
