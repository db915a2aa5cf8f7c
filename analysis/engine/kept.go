package engine

import (
	"context"

	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// keeper runs a session many times on feeds of which some stay, and are then
// carried to its device once: runtime.Binding.
type keeper interface {
	Run(ctx context.Context, feeds []tensor.Tensor, kept []bool) ([]tensor.Tensor, error)
	Close()
}

func bind(r runner) keeper {
	if s, ok := r.(*runtime.Session); ok {
		return s.Bind()
	}
	return keepsNothing{r}
}

// keepsNothing is a keeper of any runner.
type keepsNothing struct{ runner }

func (k keepsNothing) Run(ctx context.Context, feeds []tensor.Tensor, _ []bool) ([]tensor.Tensor, error) {
	return k.runner.Run(ctx, feeds)
}

func (keepsNothing) Close() {}

// staying are sides for batches of any size: for batches of one size in turn
// they lie in the same memory, so that a keeper knows them again.
type staying struct {
	sides []side
	count int
	made  []tensor.Tensor
}

func (s *staying) of(count int) []tensor.Tensor {
	if s.made == nil || s.count != count {
		s.count, s.made = count, make([]tensor.Tensor, len(s.sides))
		for i, one := range s.sides {
			s.made[i] = one.of(count)
		}
	}
	return s.made
}

// lastKept says that the last n of all feeds are kept.
func lastKept(all, n int) []bool {
	kept := make([]bool, all)
	for i := all - n; i < all; i++ {
		kept[i] = true
	}
	return kept
}
