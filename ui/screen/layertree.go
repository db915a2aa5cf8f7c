package screen

import (
	"fmt"
	"slices"
	"strings"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/widget"
)

// layerChoice is a line of the layer picker.
func layerChoice(l task.Layer, chosen string) widget.Choice {
	why := i18n.Tell(l.NoGradient)
	if why == "" && !l.Mappable() {
		why = i18n.T("A vector: it has no places to make a map of.")
	}
	return widget.Choice{ID: l.Value, Title: layerTitle(l), Detail: l.Op + "  " + layerShape(l), Why: why, Chosen: l.Value == chosen}
}

// layerShape is what a layer holds: its tensor's shape, and of tokens the
// places over the picture that they stand for.
func layerShape(l task.Layer) string {
	if l.Kind == "tokens" && l.Grid != nil {
		return i18n.T("%d × %d tokens", l.Grid.Height, l.Grid.Width)
	}
	return shape(l.Shape)
}

// branch is a scope of the network with what is in it, in graph order.
type branch struct {
	name  string
	under []*branch
	layer *task.Layer
}

// layerTree groups layers by the dots and slashes of their names.
func layerTree(layers []task.Layer) *branch {
	root := &branch{}
	for i := range layers {
		at := root
		parts := scopes(layers[i].Name)
		for _, part := range parts[:len(parts)-1] {
			var next *branch
			// Layers of a scope follow each other: the last branch is enough.
			if n := len(at.under); n > 0 && at.under[n-1].layer == nil && at.under[n-1].name == part {
				next = at.under[n-1]
			} else {
				next = &branch{name: part}
				at.under = append(at.under, next)
			}
			at = next
		}
		at.under = append(at.under, &branch{name: parts[len(parts)-1], layer: &layers[i]})
	}
	return root
}

// scopes are the parts of a layer's name. Exporters write a scope's name before
// that of its child, which begins with it: stage3.stage3.1 is stage3.1.
func scopes(name string) []string {
	parts := slices.Compact(strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '/' }))
	if len(parts) == 0 {
		return []string{name}
	}
	return parts
}

// layerTitle is a layer's name for people.
func layerTitle(l task.Layer) string { return strings.Join(scopes(l.Name), ".") }

// lines are the tree as lines of a list, the last layers first, for those are
// looked at first. Branches with one thing in them are written on its line.
func (b *branch) lines(depth int, prefix, chosen string) []widget.Choice {
	var out []widget.Choice
	for i := len(b.under) - 1; i >= 0; i-- {
		k := b.under[i]
		name := prefix + k.name
		for k.layer == nil && len(k.under) == 1 {
			k = k.under[0]
			name += "." + k.name
		}
		if k.layer != nil {
			c := layerChoice(*k.layer, chosen)
			c.Path, c.Title, c.Depth = c.Title, name, depth
			out = append(out, c)
			continue
		}
		under := k.lines(depth+1, "", chosen)
		open := false
		for _, u := range under {
			open = open || u.Chosen
		}
		out = append(out, widget.Choice{ID: fmt.Sprintf("branch:%d:%s", depth, name), Title: name, Detail: i18n.T("%d layers", k.count()), Depth: depth, Branch: true, Open: open})
		out = append(out, under...)
	}
	return out
}

func (b *branch) count() int {
	if b.layer != nil {
		return 1
	}
	n := 0
	for _, k := range b.under {
		n += k.count()
	}
	return n
}
