package onnx

import (
	"errors"
	"fmt"
	"math"
)

func init() { lowers("", lowerAttention, "Attention") }

// heads is one multi-head attention over q, k and v of [B, H, L, D].
type heads struct {
	q, k, v string
	scale   float64
	softcap float64
	// bias is added to the scores, "" for none.
	bias string
}

// scores emits softmax's input (the scores before and after the cap and with
// the bias) and the weights, and gives the result of [B, H, L, D].
func (l *lowerer) attend(h heads) (raw, capped, biased, weights, y string) {
	raw = l.op("MatMul", nil, h.q, l.transpose(h.k, 0, 1, 3, 2))
	raw = l.op("Mul", nil, raw, l.scalar(h.scale))
	capped = raw
	if h.softcap > 0 {
		capped = l.op("Mul", nil, l.op("Tanh", nil, l.op("Div", nil, raw, l.scalar(h.softcap))), l.scalar(h.softcap))
	}
	biased = l.plus(capped, h.bias)
	weights = l.op("Softmax", attrs{"axis": Int(-1)}, biased)
	return raw, capped, biased, weights, l.op("MatMul", nil, weights, h.v)
}

// split gives [B, L, heads D] as [B, heads, L, D].
func (l *lowerer) split(x string, heads, size int) string {
	return l.transpose(l.reshape(x, 0, 0, int64(heads), int64(size)), 0, 2, 1, 3)
}

// join undoes split, into out.
func (l *lowerer) join(x, out string, heads, size int) {
	l.into("Reshape", nil, out, l.transpose(x, 0, 2, 1, 3), l.ints(0, 0, int64(heads*size)))
}

// lowerAttention is the standard's Attention (opset 23 and 24): queries, keys
// and values of [B, H, L, D] or [B, L, H D], grouped heads, masks, causality,
// softcap, a cache that is passed in.
func lowerAttention(l *lowerer, n *Node) error {
	if n.Input(6) != "" {
		return errors.New("lengths without padding are not served")
	}
	q, k, v, err := l.attentionInputs(n)
	if err != nil {
		return err
	}
	past := 0
	if n.Input(4) != "" {
		shape, err := l.shape(n.Input(4))
		if err != nil {
			return err
		}
		if len(shape) != 4 || shape[2] < 0 || n.Input(5) == "" {
			return fmt.Errorf("a cache of shape %v", shape)
		}
		past = shape[2]
		k.name = l.op("Concat", attrs{"axis": Int(2)}, n.Input(4), k.name)
		v.name = l.op("Concat", attrs{"axis": Int(2)}, n.Input(5), v.name)
		k.length, v.length = k.length+past, v.length+past
	}
	for i, x := range []heading{k, v} {
		if out := n.Output(1 + i); out != "" {
			l.rename(x.name, out)
		}
	}
	if k, err = l.repeat(k, q.heads); err != nil {
		return err
	}
	if v, err = l.repeat(v, q.heads); err != nil {
		return err
	}
	h := heads{q: q.name, k: k.name, v: v.name, softcap: float64(n.AttrFloat("softcap", 0)), scale: float64(n.AttrFloat("scale", 0))}
	if h.scale == 0 {
		h.scale = 1 / math.Sqrt(float64(q.size))
	}
	if h.bias, err = l.attentionBias(n, q.length, k.length, past); err != nil {
		return err
	}
	raw, capped, biased, weights, y := l.attend(h)
	if q.flat {
		l.join(y, n.Output(0), q.heads, v.size)
	} else {
		l.rename(y, n.Output(0))
	}
	if out := n.Output(3); out != "" {
		mode := n.AttrInt("qk_matmul_output_mode", 0)
		if mode < 0 || mode > 3 {
			return fmt.Errorf("qk_matmul_output_mode %d is not defined", mode)
		}
		l.rename([]string{raw, capped, biased, weights}[mode], out)
	}
	return nil
}

// heading is a value of [B, heads, length, size]; flat says that it came as [B, length, heads size].
type heading struct {
	name                string
	heads, length, size int
	flat                bool
}

func (l *lowerer) attentionInputs(n *Node) (q, k, v heading, err error) {
	var all [3]heading
	for i := range all {
		name := n.Input(i)
		shape, err := l.shape(name)
		if err != nil {
			return q, k, v, err
		}
		heads := int(n.AttrInt("q_num_heads", 0))
		if i > 0 {
			heads = int(n.AttrInt("kv_num_heads", 0))
		}
		switch {
		case len(shape) == 4:
			all[i] = heading{name, shape[1], shape[2], shape[3], false}
		case len(shape) == 3 && heads > 0 && shape[2] > 0 && shape[2]%heads == 0:
			all[i] = heading{l.split(name, heads, shape[2]/heads), heads, shape[1], shape[2] / heads, true}
		default:
			return q, k, v, fmt.Errorf("input %d of shape %v for %d heads", i, shape, heads)
		}
		if all[i].heads < 1 || all[i].length < 1 || all[i].size < 1 {
			return q, k, v, fmt.Errorf("input %d of shape %v: its dimensions must be known", i, shape)
		}
	}
	return all[0], all[1], all[2], nil
}

// repeat gives each head of a group of queries its copy of the group's key or value.
func (l *lowerer) repeat(x heading, heads int) (heading, error) {
	if x.heads == heads {
		return x, nil
	}
	if heads%x.heads != 0 {
		return x, fmt.Errorf("%d heads of queries and %d of keys", heads, x.heads)
	}
	each := int64(heads / x.heads)
	wide := l.op("Expand", nil, l.op("Unsqueeze", nil, x.name, l.ints(2)), l.ints(1, 1, each, 1, 1))
	x.name = l.reshape(wide, 0, int64(heads), int64(x.length), int64(x.size))
	x.heads = heads
	return x, nil
}

// attentionBias joins the mask (true: look) with what causality forbids.
func (l *lowerer) attentionBias(n *Node, queries, keys, past int) (string, error) {
	bias := ""
	if mask := n.Input(3); mask != "" {
		shape, err := l.shape(mask)
		if err != nil {
			return "", err
		}
		bias = mask
		if l.types[mask] == Bool {
			bias = l.op("Where", nil, mask, l.scalar(0), l.scalar(math.Inf(-1)))
		}
		if short := keys - shape[len(shape)-1]; short > 0 && shape[len(shape)-1] > 0 {
			pads := make([]int64, 2*len(shape))
			pads[len(pads)-1] = int64(short)
			bias = l.op("Pad", nil, bias, l.ints(pads...), l.scalar(math.Inf(-1)))
		}
	}
	if n.AttrInt("is_causal", 0) != 0 {
		causal, err := l.causal(queries, keys, past, math.Inf(-1))
		if err != nil {
			return "", err
		}
		bias = l.joined(bias, causal)
	}
	return bias, nil
}

// maxMask bounds the constant that a causal mask becomes: 4,096 tokens in 64 MB.
const maxMask = 1 << 24

// causal is [queries, keys], masked where a key lies behind query + past.
func (l *lowerer) causal(queries, keys, past int, masked float64) (string, error) {
	if queries < 1 || keys < 1 || queries > maxMask/keys {
		return "", fmt.Errorf("a causal mask of %d x %d", queries, keys)
	}
	v := make([]float32, queries*keys)
	for i := range queries {
		for k := range keys {
			if k > i+past {
				v[i*keys+k] = float32(masked)
			}
		}
	}
	return l.constant(NewFloats("", []int64{int64(queries), int64(keys)}, v)), nil
}
