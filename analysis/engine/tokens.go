package engine

import (
	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/grad"
	"seewhy/models/tensor"
)

// tokens is how values of a model are laid out: layers as maps, matrices of
// attention by window, head, query and key.
type tokens struct {
	folds      map[string]*grad.Fold
	attentions map[string]*grad.Attention
	// order holds the attentions as methods see them, in graph order.
	order []method.Attention
}

func newTokens(list []grad.Attention) tokens {
	t := tokens{folds: map[string]*grad.Fold{}, attentions: map[string]*grad.Attention{}}
	for i, a := range list {
		t.attentions[a.Value] = &list[i]
		t.order = append(t.order, method.Attention{
			Value: a.Value, Heads: a.Heads, Windows: a.Windows, Queries: a.Queries, Keys: a.Keys,
			QueryCells: a.QueryCells, KeyCells: a.KeyCells, QueryHeight: a.QueryGrid.Height, QueryWidth: a.QueryGrid.Width,
			Height: a.KeyGrid.Height, Width: a.KeyGrid.Width, Self: a.Self, Class: a.Class, Output: a.Output,
		})
	}
	return t
}

// describe lists the attentions for people.
func (t *tokens) describe() (list []task.Attention) {
	for _, a := range t.order {
		list = append(list, task.Attention{
			Value: a.Value, Name: t.attentions[a.Value].Name, Heads: a.Heads, Windows: a.Windows,
			Queries: a.Queries, Keys: a.Keys, ClassToken: len(a.Class) > 0,
		})
	}
	return list
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
