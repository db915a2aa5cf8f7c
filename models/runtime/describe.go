package runtime

import (
	"fmt"

	ort "github.com/yalue/onnxruntime_go"
)

// IO is an input or output of a model as ONNX Runtime sees it, its own shape
// inference included.
type IO struct {
	Name string
	// Type is the element type as numpy names it, such as "float32" or
	// "int64"; "sequence", "map" and so on for what is no tensor.
	Type string
	// Shape holds -1 for a dynamic dimension. It is empty for a scalar and
	// also where the library could not infer the rank.
	Shape []int
}

// Describe loads a model, runs nothing, and tells its inputs and outputs. A
// value that is exposed as an output without a type comes back with the type
// and shape that the library infers, so this serves as shape inference. A model
// with operators on which the library may end its process is loaded in another.
func (l *Library) Describe(model []byte) (inputs, outputs []IO, err error) {
	if len(model) == 0 {
		return nil, nil, fmt.Errorf("ONNX Runtime: an empty model cannot be described")
	}
	unproven, err := Unproven(model)
	if err != nil {
		return nil, nil, err
	}
	if len(unproven) > 0 {
		return l.describeApart(model, unproven)
	}
	return l.describeHere(model)
}

// describeHere is Describe in this process.
func (l *Library) describeHere(model []byte) (inputs, outputs []IO, err error) {
	in, out, err := ort.GetInputOutputInfoWithONNXData(model)
	if err != nil {
		return nil, nil, explain("ONNX Runtime does not accept the model", err)
	}
	return describe(in), describe(out), nil
}

func describe(infos []ort.InputOutputInfo) []IO {
	list := make([]IO, len(infos))
	for i, info := range infos {
		list[i] = IO{Name: info.Name, Type: kindName(info), Shape: shapeInts(info.Dimensions)}
		for k, d := range list[i].Shape {
			if d < 0 {
				list[i].Shape[k] = -1
			}
		}
	}
	return list
}

func kindName(info ort.InputOutputInfo) string {
	switch info.OrtValueType {
	case ort.ONNXTypeTensor:
		return elementName(info.DataType)
	case ort.ONNXTypeSequence:
		return "sequence"
	case ort.ONNXTypeMap:
		return "map"
	case ort.ONNXTypeSparseTensor:
		return "sparse tensor"
	case ort.ONNXTypeOptional:
		return "optional"
	}
	return "unknown"
}
