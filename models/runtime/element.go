package runtime

import (
	"fmt"
	"math"

	ort "github.com/yalue/onnxruntime_go"

	"seewhy/models/onnx"
)

// elementNames are the names of ONNX element types as people and numpy write
// them. The C API and TensorProto.DataType number the common types alike.
var elementNames = map[ort.TensorElementDataType]string{
	ort.TensorElementDataTypeFloat:      "float32",
	ort.TensorElementDataTypeUint8:      "uint8",
	ort.TensorElementDataTypeInt8:       "int8",
	ort.TensorElementDataTypeUint16:     "uint16",
	ort.TensorElementDataTypeInt16:      "int16",
	ort.TensorElementDataTypeInt32:      "int32",
	ort.TensorElementDataTypeInt64:      "int64",
	ort.TensorElementDataTypeString:     "string",
	ort.TensorElementDataTypeBool:       "bool",
	ort.TensorElementDataTypeFloat16:    "float16",
	ort.TensorElementDataTypeDouble:     "float64",
	ort.TensorElementDataTypeUint32:     "uint32",
	ort.TensorElementDataTypeUint64:     "uint64",
	ort.TensorElementDataTypeComplex64:  "complex64",
	ort.TensorElementDataTypeComplex128: "complex128",
	ort.TensorElementDataTypeBFloat16:   "bfloat16",
}

func elementName(t ort.TensorElementDataType) string {
	if name, ok := elementNames[t]; ok {
		return name
	}
	return fmt.Sprintf("element type %d", int(t))
}

// native says that the binding can hand out an output of this type.
func native(t ort.TensorElementDataType) bool {
	switch t {
	case ort.TensorElementDataTypeFloat, ort.TensorElementDataTypeDouble, ort.TensorElementDataTypeBool,
		ort.TensorElementDataTypeUint8, ort.TensorElementDataTypeInt8, ort.TensorElementDataTypeUint16,
		ort.TensorElementDataTypeInt16, ort.TensorElementDataTypeUint32, ort.TensorElementDataTypeInt32,
		ort.TensorElementDataTypeUint64, ort.TensorElementDataTypeInt64:
		return true
	}
	return false
}

// castable says that a Cast node turns this type into float32.
func castable(t ort.TensorElementDataType) bool {
	return t == ort.TensorElementDataTypeFloat16 || t == ort.TensorElementDataTypeBFloat16
}

// newValue makes an input value of type t. Float32 data is used in place, so
// data must stay untouched until the value is destroyed; every other type is
// a converted copy. Integers are rounded to nearest and saturate; NaN is 0;
// bool is "not zero".
func newValue(t ort.TensorElementDataType, shape []int, data []float32) (ort.Value, error) {
	switch t {
	case ort.TensorElementDataTypeFloat:
		return wrap(shape, data)
	case ort.TensorElementDataTypeDouble:
		return wrap(shape, convert(data, func(v float32) float64 { return float64(v) }))
	case ort.TensorElementDataTypeBool:
		return wrap(shape, convert(data, func(v float32) bool { return v != 0 }))
	case ort.TensorElementDataTypeUint8:
		return wrap(shape, convert(data, rounded[uint8](0, math.MaxUint8)))
	case ort.TensorElementDataTypeInt8:
		return wrap(shape, convert(data, rounded[int8](math.MinInt8, math.MaxInt8)))
	case ort.TensorElementDataTypeUint16:
		return wrap(shape, convert(data, rounded[uint16](0, math.MaxUint16)))
	case ort.TensorElementDataTypeInt16:
		return wrap(shape, convert(data, rounded[int16](math.MinInt16, math.MaxInt16)))
	case ort.TensorElementDataTypeInt32:
		return wrap(shape, convert(data, rounded[int32](math.MinInt32, math.MaxInt32)))
	case ort.TensorElementDataTypeInt64:
		return wrap(shape, convert(data, rounded[int64](math.MinInt64, math.MaxInt64)))
	case ort.TensorElementDataTypeFloat16:
		return halfValue(shape, data)
	}
	return nil, fmt.Errorf("element type %s cannot be fed", elementName(t))
}

func halfValue(shape []int, data []float32) (ort.Value, error) {
	if len(shape) == 0 {
		return nil, fmt.Errorf("a float16 scalar cannot be fed")
	}
	bytes := make([]byte, 2*len(data))
	for i, v := range data {
		h := onnx.FloatToHalf(v)
		bytes[2*i], bytes[2*i+1] = byte(h), byte(h>>8)
	}
	return ort.NewCustomDataTensor(shape64(shape), bytes, ort.TensorElementDataTypeFloat16)
}

func wrap[T ort.TensorData](shape []int, data []T) (ort.Value, error) {
	if len(shape) == 0 {
		return ort.NewScalar(data[0])
	}
	return ort.NewTensor(shape64(shape), data)
}

func convert[T any](data []float32, f func(float32) T) []T {
	out := make([]T, len(data))
	for i, v := range data {
		out[i] = f(v)
	}
	return out
}

// rounded converts to an integer type whose range is low..high. The bounds
// are compared as float64, where MaxInt64 rounds up to 2^63: values at or
// above it saturate without a conversion, which would overflow.
func rounded[T int8 | uint8 | int16 | uint16 | int32 | int64](low, high int64) func(float32) T {
	return func(v float32) T {
		r := math.RoundToEven(float64(v))
		switch {
		case r != r:
			return 0
		case r <= float64(low):
			return T(low)
		case r >= float64(high):
			return T(high)
		}
		return T(r)
	}
}

// floats reads an output as float32. Float32 data is not copied again. The
// second result is false for types that hold no numbers.
func floats(v ort.Value) ([]float32, bool) {
	switch t := v.(type) {
	case *ort.Tensor[float32]:
		return t.GetData(), true
	case *ort.Tensor[float64]:
		return numbers(t.GetData()), true
	case *ort.Tensor[uint8]:
		return numbers(t.GetData()), true
	case *ort.Tensor[int8]:
		return numbers(t.GetData()), true
	case *ort.Tensor[uint16]:
		return numbers(t.GetData()), true
	case *ort.Tensor[int16]:
		return numbers(t.GetData()), true
	case *ort.Tensor[uint32]:
		return numbers(t.GetData()), true
	case *ort.Tensor[int32]:
		return numbers(t.GetData()), true
	case *ort.Tensor[uint64]:
		return numbers(t.GetData()), true
	case *ort.Tensor[int64]:
		return numbers(t.GetData()), true
	case *ort.Tensor[bool]:
		out := make([]float32, len(t.GetData()))
		for i, b := range t.GetData() {
			if b {
				out[i] = 1
			}
		}
		return out, true
	}
	return nil, false
}

func numbers[T ort.FloatData | ort.IntData](data []T) []float32 {
	out := make([]float32, len(data))
	for i, v := range data {
		out[i] = float32(v)
	}
	return out
}

func shape64(shape []int) ort.Shape {
	out := make(ort.Shape, len(shape))
	for i, d := range shape {
		out[i] = int64(d)
	}
	return out
}

func shapeInts(shape ort.Shape) []int {
	out := make([]int, len(shape))
	for i, d := range shape {
		out[i] = int(d)
	}
	return out
}
