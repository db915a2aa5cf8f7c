package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"seewhy/models/onnx/internal/pb"
)

// tensor brings every way of storing elements into little-endian Raw.
func (c *reader) tensor(p *pb.Tensor) (*Tensor, error) {
	t := &Tensor{Name: p.GetName(), Type: Type(p.GetDataType()), Dims: p.Dims}
	if p.GetDataLocation() == 1 {
		c.ext.tensors = append(c.ext.tensors, t)
	}
	n, err := elements(t.Dims)
	if err != nil {
		return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
	}
	if t.Type == String {
		if int64(len(p.StringData)) != n {
			return nil, fmt.Errorf("tensor %q: %d strings for shape %v", t.Name, len(p.StringData), t.Dims)
		}
		for _, s := range p.StringData {
			t.Strings = append(t.Strings, string(s))
		}
		return t, nil
	}
	if t.Type == Int4 || t.Type == Uint4 {
		return c.nibbles(p, t, n)
	}
	size := int64(t.Type.Size())
	if size == 0 {
		return nil, fmt.Errorf("tensor %q: element type %s is not supported; export the model in float32 or float16", t.Name, t.Type)
	}
	// Before a byte is allocated: no file gets more than it may have.
	if n > maxBytes/size {
		return nil, fmt.Errorf("tensor %q: shape %v of %s is above 2 GB", t.Name, t.Dims, t.Type)
	}
	// A mapped file takes no memory, and stays outside of the message.
	claim := func() error { return c.claim(n * size) }
	if p.GetDataLocation() == 1 {
		t.Raw, t.place, err = c.externalTensor(p, n*size, claim)
	} else {
		err = claim()
	}
	if err != nil {
		return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
	}
	switch {
	case p.GetDataLocation() == 1:
	case p.RawData != nil:
		t.Raw = p.RawData
	default:
		t.Raw = packTyped(p, t.Type)
	}
	if int64(len(t.Raw)) != n*size {
		return nil, fmt.Errorf("tensor %q: shape %v of %s needs %d bytes, the file holds %d: the file is damaged; copy or export it again", t.Name, t.Dims, t.Type, n*size, len(t.Raw))
	}
	return t, nil
}

func (c *reader) claim(bytes int64) error {
	if c.bytes += bytes; c.bytes > maxBytes {
		return errors.New("the weights up to it are above 2 GB together, more than ONNX Runtime takes from one model")
	}
	return nil
}

// nibbles unpacks 4-bit integers, two a byte and the lower first, to one a byte.
func (c *reader) nibbles(p *pb.Tensor, t *Tensor, n int64) (*Tensor, error) {
	packed := n/2 + n%2
	if n > maxBytes {
		return nil, fmt.Errorf("tensor %q: shape %v of %s is above 2 GB", t.Name, t.Dims, t.Type)
	}
	raw := p.RawData
	err := c.claim(n)
	switch {
	case err != nil:
	case p.GetDataLocation() == 1:
		raw, _, err = c.externalTensor(p, packed, func() error { return c.claim(packed) })
	case raw == nil:
		for _, v := range p.Int32Data {
			raw = append(raw, byte(v))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
	}
	if int64(len(raw)) != packed {
		return nil, fmt.Errorf("tensor %q: shape %v of %s needs %d bytes, the file holds %d: the file is damaged; copy or export it again", t.Name, t.Dims, t.Type, packed, len(raw))
	}
	signed := t.Type == Int4
	t.Type, t.four, t.Raw = Uint8, true, make([]byte, n)
	for i := range t.Raw {
		v := raw[i/2] >> (4 * (i % 2)) & 15
		if signed {
			v = byte(int8(v<<4) >> 4)
		}
		t.Raw[i] = v
	}
	if signed {
		t.Type = Int8
	}
	return t, nil
}

func elements(dims []int64) (int64, error) {
	if len(dims) > maxRank {
		return 0, fmt.Errorf("rank %d is above %d", len(dims), maxRank)
	}
	n := int64(1)
	for _, d := range dims {
		if d < 0 {
			return 0, fmt.Errorf("dimension %d in shape %v is negative", d, dims)
		}
		if n = times(n, d); n == overflow {
			return 0, fmt.Errorf("shape %v is too large", dims)
		}
	}
	return n, nil
}

// packTyped serialises the typed fields, whose use depends on the type.
func packTyped(p *pb.Tensor, t Type) []byte {
	le := binary.LittleEndian
	var raw []byte
	switch t {
	case Float32, Complex64:
		for _, v := range p.FloatData {
			raw = le.AppendUint32(raw, math.Float32bits(v))
		}
	case Float64, Complex128:
		for _, v := range p.DoubleData {
			raw = le.AppendUint64(raw, math.Float64bits(v))
		}
	case Int64:
		for _, v := range p.Int64Data {
			raw = le.AppendUint64(raw, uint64(v))
		}
	case Uint64:
		for _, v := range p.Uint64Data {
			raw = le.AppendUint64(raw, v)
		}
	case Uint32:
		for _, v := range p.Uint64Data {
			raw = le.AppendUint32(raw, uint32(v))
		}
	case Int32:
		for _, v := range p.Int32Data {
			raw = le.AppendUint32(raw, uint32(v))
		}
	case Int16, Uint16, Float16, BFloat16:
		for _, v := range p.Int32Data {
			raw = le.AppendUint16(raw, uint16(v))
		}
	case Int8, Uint8, Bool:
		for _, v := range p.Int32Data {
			raw = append(raw, byte(v))
		}
	}
	return raw
}
