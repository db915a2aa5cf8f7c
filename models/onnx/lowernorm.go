package onnx

import (
	"errors"
	"fmt"
)

func init() {
	lowers(microsoft, lowerSkipLayerNorm, "SkipLayerNormalization")
	lowers(microsoft, lowerSkipRMS, "SkipSimplifiedLayerNormalization")
	// ONNX Runtime keeps this one among the standard operators.
	lowers("", lowerRMS, "SimplifiedLayerNormalization")
	lowers("", lowerMVN, "MeanVarianceNormalization")
}

// lowerSkipLayerNorm: LayerNormalization(input + skip + bias); the fourth
// output is that sum.
func lowerSkipLayerNorm(l *lowerer, n *Node) error {
	sum, err := l.skipSum(n, 4)
	if err != nil {
		return err
	}
	in := []string{sum, n.Input(2)}
	if n.Input(3) != "" {
		in = append(in, n.Input(3))
	}
	l.into("LayerNormalization", attrs{"axis": Int(-1), "epsilon": Float(n.AttrFloat("epsilon", 1e-12))}, n.Output(0), in...)
	return nil
}

func (l *lowerer) skipSum(n *Node, bias int) (string, error) {
	for _, i := range []int{1, 2} {
		if n.Output(i) != "" && l.read[n.Output(i)] {
			return "", fmt.Errorf("its output %d is read", i)
		}
	}
	sum := l.op("Add", nil, n.Input(0), n.Input(1))
	sum = l.plus(sum, n.Input(bias))
	if n.Output(3) != "" {
		l.rename(sum, n.Output(3))
	}
	return sum, nil
}

func lowerSkipRMS(l *lowerer, n *Node) error {
	sum, err := l.skipSum(n, 3)
	if err != nil {
		return err
	}
	l.shapes[sum] = l.shapes[n.Input(0)]
	return l.rms(n.Output(0), sum, n.Input(2), -1, n.AttrFloat("epsilon", 1e-12))
}

func lowerRMS(l *lowerer, n *Node) error {
	if err := l.unread(n, 1); err != nil {
		return err
	}
	return l.rms(n.Output(0), n.Input(0), n.Input(1), n.AttrInt("axis", -1), n.AttrFloat("epsilon", 1e-5))
}

// rms: x / sqrt(mean(x^2) + eps) times scale, over the axes from axis on.
func (l *lowerer) rms(out, x, scale string, axis int64, eps float32) error {
	if l.opset >= 23 {
		l.into("RMSNormalization", attrs{"axis": Int(axis), "epsilon": Float(eps)}, out, x, scale)
		return nil
	}
	shape, err := l.shape(x)
	if err != nil {
		return err
	}
	rank := int64(len(shape))
	if axis < 0 {
		axis += rank
	}
	if axis < 0 || axis >= rank {
		return fmt.Errorf("axis %d of %v", axis, shape)
	}
	var axes []int64
	for ; axis < rank; axis++ {
		axes = append(axes, axis)
	}
	square := l.op("Mul", nil, x, x)
	root := l.op("Sqrt", nil, l.op("Add", nil, l.mean(square, axes...), l.scalar(float64(eps))))
	l.into("Mul", nil, out, l.op("Div", nil, x, root), scale)
	return nil
}

// lowerMVN: (x - mean) / (standard deviation + 1e-9) over axes, as its
// function in the standard says it.
func lowerMVN(l *lowerer, n *Node) error {
	axes := n.AttrInts("axes")
	if axes == nil {
		axes = []int64{0, 2, 3}
	}
	if n.Input(0) == "" {
		return errors.New("its input is missing")
	}
	centred := l.op("Sub", nil, n.Input(0), l.mean(n.Input(0), axes...))
	deviation := l.op("Sqrt", nil, l.mean(l.op("Mul", nil, centred, centred), axes...))
	l.into("Div", nil, n.Output(0), centred, l.op("Add", nil, deviation, l.scalar(1e-9)))
	return nil
}
