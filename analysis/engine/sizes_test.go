package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"seewhy/models/prep"
)

// Neither who has a form made nor who waits for that is held beyond the end of
// its context; the form is there afterwards, made once.
func TestFormsAreLeftWhereNobodyWaits(t *testing.T) {
	z := newSizes()
	size := prep.Size{Width: 64, Height: 64}
	letGo, times := make(chan struct{}), 0
	slow := func() (*model, error) {
		times++
		<-letGo
		return &model{channels: 7}, nil
	}
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		begin := time.Now()
		if _, err := z.at(ctx, size, slow); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		cancel()
	}
	close(letGo)
	form, err := z.at(t.Context(), size, slow)
	if err != nil || form.channels != 7 || times != 1 {
		t.Errorf("%v, %v, made %d times", form, err, times)
	}
	failing := errors.New("no such shape")
	for range 2 {
		if _, err := z.at(t.Context(), prep.Size{Width: 32, Height: 32}, func() (*model, error) { return nil, failing }); !errors.Is(err, failing) {
			t.Errorf("a form that cannot be made: %v", err)
		}
	}
	for i := range 3 * keptSizes {
		if _, err := z.at(t.Context(), prep.Size{Width: 1 + i, Height: 1}, func() (*model, error) { return &model{}, nil }); err != nil || len(z.forms) > keptSizes {
			t.Errorf("%d forms are kept, %v", len(z.forms), err)
		}
	}
}

// Opened again, from elsewhere too, a model has its forms still, under the name
// that it has now.
func TestFormsOutliveReopening(t *testing.T) {
	e := newTestEngine(t, Options{})
	path := anySizeModel(t)
	size := prep.Size{Width: 96, Height: 64}
	sized := func(path string) *model {
		info, err := e.OpenModel(t.Context(), path, nil)
		if err != nil {
			t.Fatal(err)
		}
		form, err := e.sized(t.Context(), e.opened(info.Ref.SHA256), size)
		if err != nil {
			t.Fatal(err)
		}
		if form.info.InputSize != size || form.info.Ref != info.Ref || form.info.Title != info.Title {
			t.Errorf("the form of %s at %v is %s, %q at %v", path, size, form.info.Ref.Path, form.info.Title, form.info.InputSize)
		}
		return form
	}
	first := sized(path)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copied.onnx")
	if err := os.WriteFile(copied, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{path, copied} {
		if again := sized(path); again.prepared != first.prepared {
			t.Errorf("opening %s made the form anew", path)
		}
	}
}
