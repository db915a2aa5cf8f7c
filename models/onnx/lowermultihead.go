package onnx

import (
	"errors"
	"fmt"
	"math"
)

func init() {
	lowers(microsoft, lowerMultiHead, "MultiHeadAttention")
	lowers(microsoft, lowerFusedAttention, "Attention")
}

// lowerMultiHead is com.microsoft.MultiHeadAttention: inputs query, key,
// value, bias, key_padding_mask, attention_bias; three separate tensors, keys
// and values packed as [B, S, H, 2, D], or all packed as [B, L, H, 3, D].
func lowerMultiHead(l *lowerer, n *Node) error {
	for i := 6; i < len(n.In); i++ {
		if n.In[i] != "" {
			return errors.New("a cache of keys and values is not served")
		}
	}
	if err := l.unread(n, 1); err != nil {
		return err
	}
	count := int(n.AttrInt("num_heads", 0))
	shape, err := l.shape(n.Input(0))
	if err != nil {
		return err
	}
	if count < 1 {
		return fmt.Errorf("%d heads", count)
	}
	m := multiHead{count: count, bias: n.Input(3)}
	switch len(shape) {
	case 5:
		err = m.packed(l, n, shape)
	case 3:
		err = m.separate(l, n, shape)
	default:
		err = fmt.Errorf("queries of shape %v", shape)
	}
	if err != nil {
		return err
	}
	m.mask, m.added = n.Input(4), n.Input(5)
	return m.attend(l, n)
}

// multiHead collects what the two fused operators have in common.
type multiHead struct {
	count int
	bias  string
	// q, k and v are [B, H, L, D]; size and vsize their last dimensions.
	q, k, v       string
	size, vsize   int
	length, keys  int
	mask, added   string
	qkvBiasOffset int64
}

func (m *multiHead) packed(l *lowerer, n *Node, shape []int) error {
	if m.bias != "" || n.Input(1) != "" || shape[3] != 3 {
		return fmt.Errorf("packed queries of shape %v with a bias or with keys beside them", shape)
	}
	m.q, m.k, m.v = l.unpacked(n.Input(0), 0), l.unpacked(n.Input(0), 1), l.unpacked(n.Input(0), 2)
	m.size, m.vsize, m.length, m.keys = shape[4], shape[4], shape[1], shape[1]
	return nil
}

// unpacked gives part i of x of [B, L, H, parts, D] as [B, H, L, D].
func (l *lowerer) unpacked(x string, i int64) string {
	one := l.op("Squeeze", nil, l.cut(x, 3, i, i+1, 1), l.ints(3))
	return l.transpose(one, 0, 2, 1, 3)
}

func (m *multiHead) separate(l *lowerer, n *Node, shape []int) error {
	var err error
	if m.q, m.size, m.length, err = m.part(l, n.Input(0)); err != nil {
		return err
	}
	keys, err := l.shape(n.Input(1))
	if err != nil {
		return err
	}
	switch {
	case len(keys) == 5 && n.Input(2) == "" && keys[3] == 2:
		if m.bias != "" {
			return errors.New("packed keys and values with a bias")
		}
		m.k, m.v, m.keys, m.vsize = l.unpacked(n.Input(1), 0), l.unpacked(n.Input(1), 1), keys[1], keys[4]
		return nil
	case len(keys) == 4 && n.Input(2) != "":
		// Keys and values of a cross attention, [B, H, S, D] already.
		values, err := l.shape(n.Input(2))
		if err != nil {
			return err
		}
		m.k, m.v, m.keys, m.vsize = n.Input(1), n.Input(2), keys[2], values[len(values)-1]
		return nil
	case len(keys) == 3 && n.Input(2) != "":
		if m.k, _, m.keys, err = m.part(l, n.Input(1)); err != nil {
			return err
		}
		m.v, m.vsize, _, err = m.part(l, n.Input(2))
		return err
	}
	return fmt.Errorf("keys of shape %v", keys)
}

// part adds the bias's next part to x of [B, L, H D] and splits the heads.
func (m *multiHead) part(l *lowerer, x string) (name string, size, length int, err error) {
	shape, err := l.shape(x)
	if err != nil {
		return "", 0, 0, err
	}
	if len(shape) != 3 || shape[2] < 1 || shape[2]%m.count != 0 {
		return "", 0, 0, fmt.Errorf("%q of shape %v for %d heads", x, shape, m.count)
	}
	if m.bias != "" {
		x = l.op("Add", nil, x, l.cut(m.bias, 0, m.qkvBiasOffset, m.qkvBiasOffset+int64(shape[2]), 1))
		m.qkvBiasOffset += int64(shape[2])
	}
	return l.split(x, m.count, shape[2]/m.count), shape[2] / m.count, shape[1], nil
}

// attend adds the masks as the fused operators do, by mask_filter_value, and writes the output.
func (m *multiHead) attend(l *lowerer, n *Node) error {
	filter := float64(n.AttrFloat("mask_filter_value", -10000))
	h := heads{q: m.q, k: m.k, v: m.v, scale: float64(n.AttrFloat("scale", 0))}
	if h.scale == 0 {
		h.scale = 1 / math.Sqrt(float64(m.size))
	}
	if m.mask != "" {
		padding, err := l.paddingBias(m.mask, filter)
		if err != nil {
			return err
		}
		h.bias = padding
	}
	if n.AttrInt("unidirectional", 0) != 0 {
		if m.length < 1 || m.keys < 1 {
			return errors.New("a causal mask of unknown size")
		}
		causal, err := l.causal(m.length, m.keys, m.keys-m.length, filter)
		if err != nil {
			return err
		}
		h.bias = l.joined(h.bias, causal)
	}
	h.bias = l.joined(h.bias, m.added)
	_, _, _, _, y := l.attend(h)
	l.join(y, n.Output(0), m.count, m.vsize)
	return nil
}

// joined is the sum of two biases, of which either may be left out.
func (l *lowerer) joined(a, b string) string {
	if a == "" {
		return b
	}
	return l.plus(a, b)
}

// paddingBias: a mask of [B, S] or [B, L, S] in which 1 means look, as
// (1 - mask) * filter of four dimensions.
func (l *lowerer) paddingBias(mask string, filter float64) (string, error) {
	shape, err := l.shape(mask)
	if err != nil {
		return "", err
	}
	axes := map[int][]int64{2: {1, 2}, 3: {1}}[len(shape)]
	if axes == nil {
		return "", fmt.Errorf("a mask of shape %v", shape)
	}
	look := l.op("Cast", attrs{"to": Int(int64(Float32))}, mask)
	hide := l.op("Mul", nil, l.op("Sub", nil, l.scalar(1), look), l.scalar(filter))
	return l.op("Unsqueeze", nil, hide, l.ints(axes...)), nil
}

// lowerFusedAttention is com.microsoft.Attention, which makes queries, keys
// and values from one input by one weight: inputs X, W, bias, mask, past,
// attention_bias.
func lowerFusedAttention(l *lowerer, n *Node) error {
	if n.Input(4) != "" || n.Input(6) != "" || n.AttrInt("do_rotary", 0) != 0 {
		return errors.New("a cache of keys and values, or rotation, is not served")
	}
	if err := l.unread(n, 1); err != nil {
		return err
	}
	weight, err := l.shape(n.Input(1))
	if err != nil {
		return err
	}
	in, err := l.shape(n.Input(0))
	if err != nil {
		return err
	}
	count := int(n.AttrInt("num_heads", 0))
	sizes := n.AttrInts("qkv_hidden_sizes")
	if len(weight) != 2 || len(in) != 3 || count < 1 {
		return fmt.Errorf("%d heads of an input of shape %v and a weight of shape %v", count, in, weight)
	}
	if sizes == nil {
		each := int64(weight[1] / 3)
		sizes = []int64{each, each, each}
	}
	if len(sizes) != 3 || sizes[0]+sizes[1]+sizes[2] != int64(weight[1]) {
		return fmt.Errorf("sizes %v of a weight of shape %v", sizes, weight)
	}
	all := l.plus(l.op("MatMul", nil, n.Input(0), n.Input(1)), n.Input(2))
	var part [3]string
	from := int64(0)
	for i, size := range sizes {
		if size%int64(count) != 0 {
			return fmt.Errorf("size %d of %d heads", size, count)
		}
		part[i] = l.split(l.cut(all, 2, from, from+size, 1), count, int(size)/count)
		from += size
	}
	m := multiHead{
		count: count, q: part[0], k: part[1], v: part[2], size: int(sizes[0]) / count, vsize: int(sizes[2]) / count,
		length: in[1], keys: in[1], mask: n.Input(3), added: n.Input(5),
	}
	return m.attend(l, n)
}
