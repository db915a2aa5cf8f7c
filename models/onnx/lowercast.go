package onnx

import "errors"

func init() { lowers("", lowerCastLike, "CastLike") }

// lowerCastLike: the type of the second input is known once the model is read.
func lowerCastLike(l *lowerer, n *Node) error {
	to := l.types[n.Input(1)]
	if to == Undefined {
		return errors.New("the type to cast to is not known")
	}
	a := attrs{"to": Int(int64(to))}
	for _, name := range []string{"saturate", "round_mode"} {
		if v, ok := n.Attrs[name]; ok {
			a[name] = v
		}
	}
	l.into("Cast", a, n.Output(0), n.Input(0))
	return nil
}
