package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// Prepared is a model made ready for Build: float32, constants inlined, raised
// to onnx.TargetOpset, with the facts at one input size.
type Prepared struct {
	Model *onnx.Model
	Facts Facts
	// Input is the picture's input.
	Input string
	// Widened says that the file was of another float type; Dequantized that
	// it was an int8 model, of which Model is the float equivalent.
	Widened, Dequantized bool
	// Whole says that the file takes the picture as integers, the model as float32.
	Whole bool
}

// Prepare readies m for an input of the given shape, whose first dimension is
// -1 where the batch is open.
func Prepare(m *onnx.Model, input string, shape []int, o Oracle) (*Prepared, error) {
	p := &Prepared{Input: input}
	err := onnx.Upgradable(m)
	if err != nil {
		return nil, err
	}
	if m, err = onnx.InlineFunctions(m); err != nil {
		return nil, err
	}
	if p.Model, p.Widened, err = onnx.ToFloat32(m); err != nil {
		return nil, err
	}
	if p.Model, err = onnx.InlineConstants(p.Model); err != nil {
		return nil, err
	}
	if p.Model, err = onnx.Settle(p.Model); err != nil {
		return nil, err
	}
	if p.Model, p.Dequantized, err = onnx.Dequantize(p.Model); err != nil {
		return nil, err
	}
	if p.Model, p.Whole, err = onnx.FloatInput(p.Model, input); err != nil {
		return nil, err
	}
	p.Model = WithInputShape(p.Model, input, shape)
	if p, err = refreshed(p, p.Model, o); err != nil {
		return nil, err
	}
	if p, err = placePools(p, o); err != nil {
		return nil, err
	}
	if p.Model.Opset() < onnx.TargetOpset {
		if p.Model, err = onnx.Upgrade(p.Model, p.Facts.Shapes); err != nil {
			return nil, err
		}
		if p, err = refreshed(p, p.Model, o); err != nil {
			return nil, fmt.Errorf("after raising the opset: %w", err)
		}
	}
	return simplify(p, o)
}

// Scores names the values that hold class scores.
type Scores struct {
	// Output is the graph output that was chosen.
	Output string
	// Logits is the score before the final Softmax or Sigmoid; Probabilities
	// is behind it, empty where the model ends in logits.
	Logits, Probabilities string
	// Sigmoid says that classes are scored one by one (multi-label).
	Sigmoid bool
	Classes int
	// Scale is what logits are multiplied by before their Softmax or Sigmoid,
	// where that is a reading's and not 1; 0 is 1.
	Scale float64
	// Background is 1 + the class of no object, 0 where there is none.
	Background int
	// Read says that they are a reading's (see ReadRegion).
	Read bool
	// Plain says that scores are shown as they are: there are no probabilities.
	Plain bool
	// Place says where in the values of one sample they lie, where these hold more
	// than one row of scores (see ReadBox).
	Place Place
}

// FindScores looks for the output that scores classes: one long dimension
// beside the batch. Where it comes from a Softmax, the logits are its input.
func FindScores(g *onnx.Graph, f Facts) (Scores, error) {
	producers := g.Producers()
	var seen []string
	for _, o := range g.Outputs {
		shape := f.Shapes[o.Name]
		seen = append(seen, fmt.Sprintf("%q %v", o.Name, shape))
		n := classes(shape)
		if n < 1 || f.Types[o.Name] != onnx.Float32 {
			continue
		}
		s := Scores{Output: o.Name, Logits: o.Name, Classes: n}
		at := o.Name
		for {
			p := producers[at]
			if p == nil || p.Domain != "" {
				return s, nil
			}
			if slices.Contains([]string{"Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Cast", "Dropout"}, p.Op) {
				at = p.In[0]
				continue
			}
			if (p.Op == "Softmax" || p.Op == "Sigmoid") && classes(f.Shapes[p.In[0]]) == n {
				s.Logits, s.Probabilities, s.Sigmoid = p.In[0], o.Name, p.Op == "Sigmoid"
			}
			return s, nil
		}
	}
	return Scores{}, fmt.Errorf("no output is a list of class scores (outputs: %v)", seen)
}

// classes is the length of the one dimension that is neither the batch nor 1;
// 0 where the shape is no list of scores. Three dimensions are a detector's
// list of boxes, even where one of them is 1.
func classes(shape []int) int {
	if len(shape) != 2 && len(shape) != 4 {
		return 0
	}
	n := 1
	for _, d := range shape[1:] {
		if d < 0 || n > 1 && d > 1 {
			return 0
		}
		n *= d
	}
	return n
}
