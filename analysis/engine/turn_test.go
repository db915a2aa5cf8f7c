package engine

import (
	"context"
	"errors"
	"testing"
)

func TestTurnIsOnesAtATime(t *testing.T) {
	turn := newTurn()
	if err := turn.take(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := turn.take(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a second turn: %v", err)
	}
	turn.give()
	if err := turn.take(t.Context()); err != nil {
		t.Error(err)
	}
}
