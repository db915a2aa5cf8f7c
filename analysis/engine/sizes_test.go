package engine

import (
	"context"
	"errors"
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
