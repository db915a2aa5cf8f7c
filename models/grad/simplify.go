package grad

import (
	"fmt"

	"seewhy/models/onnx"
)

// maxRounds bounds how often simplify looks again: a branch that is taken may
// hold another.
const maxRounds = 8

// simplify brings the graph into the form that rules read: lists of tensors
// and combined operators
// in their parts (onnx.Lower), arithmetic on shapes as constants, and each If
// whose condition is constant by then replaced by its branch.
func simplify(p *Prepared, o Oracle) (*Prepared, error) {
	for range maxRounds {
		flat, changed, err := onnx.FlattenSequences(p.Model, p.Facts.Shapes)
		if err != nil {
			return nil, err
		}
		if changed {
			if p, err = refreshed(p, flat, o); err != nil {
				return nil, fmt.Errorf("after writing out lists of tensors: %w", err)
			}
		}
		lowered, changed, err := onnx.Lower(p.Model, p.Facts.Shapes, p.Facts.Types)
		if err != nil {
			return nil, err
		}
		if changed {
			if p, err = refreshed(p, lowered, o); err != nil {
				return nil, fmt.Errorf("after writing out combined operators: %w", err)
			}
		}
		if clipped, changed := onnx.ClipAverages(p.Model); changed {
			if p, err = refreshed(p, clipped, o); err != nil {
				return nil, fmt.Errorf("after clipping the windows of average pools: %w", err)
			}
			if p, err = placePools(p, o); err != nil {
				return nil, err
			}
		}
		if p, err = foldShapes(p, o); err != nil {
			return nil, err
		}
		p = foldFloats(p)
		if plain, changed := onnx.PlainMoves(p.Model, p.Facts.Shapes); changed {
			if p, err = refreshed(p, plain, o); err != nil {
				return nil, fmt.Errorf("after writing plain moves: %w", err)
			}
		}
		folded, changed, err := onnx.FoldBranches(p.Model)
		if err != nil || !changed {
			return p, err
		}
		if folded, err = onnx.InlineConstants(folded); err != nil {
			return nil, err
		}
		if p, err = refreshed(p, folded, o); err != nil {
			return nil, fmt.Errorf("after taking the branch of a constant condition: %w", err)
		}
	}
	return p, nil
}

// refreshed is p with another model and the facts of that.
func refreshed(p *Prepared, m *onnx.Model, o Oracle) (*Prepared, error) {
	f, err := InferFacts(m, o)
	if err != nil {
		return nil, err
	}
	out := *p
	out.Model, out.Facts = m.Apart(f.apart...), f
	return &out, nil
}

// maxPlaced is how many pools behind each other are rewritten; most divide the
// picture's sides.
const maxPlaced = 16

// placePools rewrites the pools whose size the runtime infers wrongly, and takes
// the shapes behind them anew.
func placePools(p *Prepared, o Oracle) (*Prepared, error) {
	for range maxPlaced {
		placed, changed := onnx.PlacePools(p.Model, p.Facts.Shapes)
		if !changed {
			break
		}
		var err error
		if p, err = refreshed(p, placed, o); err != nil {
			return nil, fmt.Errorf("after placing the windows of pools: %w", err)
		}
	}
	return p, nil
}
