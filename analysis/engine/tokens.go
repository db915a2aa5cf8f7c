package engine

import (
	"seewhy/models/grad"
	"seewhy/models/tensor"
)

// tokens is how values of a model are laid out: layers as maps, matrices of
// attention by window, head, query and key.
type tokens struct {
	folds      map[string]*grad.Fold
	attentions map[string]*grad.Attention
}

// arrange gives a value of a layer, or its gradient, the form that methods are
// promised: [N, C, H, W], class and register tokens left out; an attention
// [N, windows, heads, queries, keys]. What is neither stays as it is.
func (t *tokens) arrange(value string, x tensor.Tensor) (tensor.Tensor, error) {
	if a := t.attentions[value]; a != nil {
		return a.Apply(x)
	}
	if f := t.folds[value]; f != nil {
		return f.Apply(x)
	}
	return x, nil
}
