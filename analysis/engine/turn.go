package engine

import "context"

// turn is a mutex whose wait can end. One at a time has it.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

// take waits for the turn, or for the end of ctx, which it then gives.
func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// give ends the turn of whoever has it.
func (t turn) give() { <-t }
