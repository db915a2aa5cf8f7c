package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Type is an element type as the format numbers it.
type Type int32

// Element types.
const (
	Undefined  Type = 0
	Float32    Type = 1
	Uint8      Type = 2
	Int8       Type = 3
	Uint16     Type = 4
	Int16      Type = 5
	Int32      Type = 6
	Int64      Type = 7
	String     Type = 8
	Bool       Type = 9
	Float16    Type = 10
	Float64    Type = 11
	Uint32     Type = 12
	Uint64     Type = 13
	Complex64  Type = 14
	Complex128 Type = 15
	BFloat16   Type = 16
	Uint4      Type = 21
	Int4       Type = 22
)

var typeInfo = map[Type]struct {
	name string
	size int
}{
	Undefined: {"undefined", 0}, Float32: {"float32", 4}, Uint8: {"uint8", 1}, Int8: {"int8", 1},
	Uint16: {"uint16", 2}, Int16: {"int16", 2}, Int32: {"int32", 4}, Int64: {"int64", 8},
	String: {"string", 0}, Bool: {"bool", 1}, Float16: {"float16", 2}, Float64: {"float64", 8},
	Uint32: {"uint32", 4}, Uint64: {"uint64", 8}, Complex64: {"complex64", 8},
	Complex128: {"complex128", 16}, BFloat16: {"bfloat16", 2},
	// Newer and packed types have names for messages only.
	17: {"float8e4m3fn", 0}, 18: {"float8e4m3fnuz", 0}, 19: {"float8e5m2", 0}, 20: {"float8e5m2fnuz", 0},
	21: {"uint4", 0}, 22: {"int4", 0}, 23: {"float4e2m1", 0}, 24: {"float8e8m0", 0}, 25: {"uint2", 0}, 26: {"int2", 0},
}

// String is the type's usual name.
func (t Type) String() string {
	if i, ok := typeInfo[t]; ok {
		return i.name
	}
	return fmt.Sprintf("type %d", int32(t))
}

// Size is the bytes of an element; 0 for strings and for packed or unknown types.
func (t Type) Size() int { return typeInfo[t].size }

// Tensor is a constant. Raw holds the elements little-endian, row-major.
type Tensor struct {
	Name    string
	Type    Type
	Dims    []int64
	Raw     []byte
	Strings []string
	// place is set where Raw is a part of a mapped data file.
	place *place
	// four says that the file holds 4-bit integers, one a byte here.
	four bool
}

// Len is the number of elements.
func (t *Tensor) Len() int {
	n := int64(1)
	for _, d := range t.Dims {
		n *= d
	}
	return int(n)
}

// NewFloats makes a float32 constant.
func NewFloats(name string, dims []int64, v []float32) *Tensor {
	raw := make([]byte, 4*len(v))
	for i, x := range v {
		binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(x))
	}
	return &Tensor{Name: name, Type: Float32, Dims: dims, Raw: raw}
}

// NewInts makes an int64 constant of rank 1.
func NewInts(name string, v ...int64) *Tensor {
	raw := make([]byte, 8*len(v))
	for i, x := range v {
		binary.LittleEndian.PutUint64(raw[8*i:], uint64(x))
	}
	return &Tensor{Name: name, Type: Int64, Dims: []int64{int64(len(v))}, Raw: raw}
}

// Floats decodes any numeric tensor to float32; an error names the tensor
// where the type has no such form.
func (t *Tensor) Floats() ([]float32, error) {
	out := make([]float32, t.Len())
	le := binary.LittleEndian
	for i := range out {
		switch t.Type {
		case Float32:
			out[i] = math.Float32frombits(le.Uint32(t.Raw[4*i:]))
		case Float16:
			out[i] = HalfToFloat(le.Uint16(t.Raw[2*i:]))
		case BFloat16:
			out[i] = math.Float32frombits(uint32(le.Uint16(t.Raw[2*i:])) << 16)
		case Float64:
			out[i] = narrowed(math.Float64frombits(le.Uint64(t.Raw[8*i:])))
		default:
			v, ok := t.intAt(i)
			if !ok {
				return nil, fmt.Errorf("tensor %q: %s has no float form", t.Name, t.Type)
			}
			out[i] = float32(v)
		}
	}
	return out, nil
}

// narrowed rounds to float32; what is finite stays finite, since a mask of
// -1e300 that became -Inf would make a softmax divide infinities.
func narrowed(v float64) float32 {
	if math.IsInf(v, 0) {
		return float32(v)
	}
	return float32(max(-math.MaxFloat32, min(math.MaxFloat32, v)))
}

// Ints decodes an integer or bool tensor.
func (t *Tensor) Ints() ([]int64, error) {
	out := make([]int64, t.Len())
	for i := range out {
		v, ok := t.intAt(i)
		if !ok {
			return nil, fmt.Errorf("tensor %q: %s is not an integer type", t.Name, t.Type)
		}
		out[i] = v
	}
	return out, nil
}

func (t *Tensor) intAt(i int) (int64, bool) {
	le := binary.LittleEndian
	switch t.Type {
	case Int64, Uint64:
		return int64(le.Uint64(t.Raw[8*i:])), true
	case Int32:
		return int64(int32(le.Uint32(t.Raw[4*i:]))), true
	case Uint32:
		return int64(le.Uint32(t.Raw[4*i:])), true
	case Int16:
		return int64(int16(le.Uint16(t.Raw[2*i:]))), true
	case Uint16:
		return int64(le.Uint16(t.Raw[2*i:])), true
	case Int8:
		return int64(int8(t.Raw[i])), true
	case Uint8, Bool:
		return int64(t.Raw[i]), true
	}
	return 0, false
}

// HalfToFloat widens an IEEE 754 half.
func HalfToFloat(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	exp, frac := uint32(h>>10)&0x1f, uint32(h)&0x3ff
	switch {
	case exp == 0x1f:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	case exp != 0:
		return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
	case frac == 0:
		return math.Float32frombits(sign)
	}
	v := float32(frac) / (1 << 24)
	if sign != 0 {
		v = -v
	}
	return v
}

// TypeNamed is the type of a name such as "float32", or Undefined.
func TypeNamed(name string) Type {
	for t, i := range typeInfo {
		if i.name == name {
			return t
		}
	}
	return Undefined
}
