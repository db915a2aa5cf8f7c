package runtime

import (
	"fmt"
	"slices"

	ort "github.com/yalue/onnxruntime_go"
	"google.golang.org/protobuf/encoding/protowire"
)

// output is how a wanted output of the model is fetched.
type output struct {
	name string
	// data indexes the session's fetched outputs; shape too, or is -1 where
	// the fetched value carries its own shape.
	data, shape int
}

// adapt works around two limits of the binding, which reads no float16 and
// fails on rank 0. For such outputs nodes are appended to the graph:
//
//	float16, bfloat16:       y' = Cast(y, float)
//	rank 0 or rank unknown:  y' = Reshape(y, [-1]) and s = Shape(y)
//
// Appending is cheap and needs no decoding: in protobuf, a message's bytes
// followed by more of the same message is their merge, with repeated fields
// joined. It returns the model to load (the very same slice where nothing is
// to be done), the names to fetch and the plan.
func adapt(model []byte, wanted []declaration) (adapted []byte, fetch []string, plan []output, err error) {
	var extra []byte // of a GraphProto
	for i, d := range wanted {
		if d.kind != "" {
			return nil, nil, nil, fmt.Errorf("output %q is a %s, not a tensor", d.name, d.kind)
		}
		if d.element != ort.TensorElementDataTypeUndefined && !native(d.element) && !castable(d.element) {
			return nil, nil, nil, fmt.Errorf("output %q holds %s, which is not a number that can be shown", d.name, elementName(d.element))
		}
		name := d.name
		prefix := fmt.Sprintf("seewhy/fetch/%d/", i)
		if castable(d.element) {
			cast := prefix + "float32"
			extra = appendNode(extra, "Cast", []string{name}, cast, intAttribute("to", elemFloat))
			extra = appendOutput(extra, cast, elemFloat)
			name = cast
		}
		o := output{name: d.name, data: len(fetch), shape: -1}
		if len(d.dims) == 0 {
			extra, o.shape = appendFlat(extra, prefix, name, len(fetch)+1)
			name = prefix + "flat"
			fetch = append(fetch, name, prefix+"shape")
		} else {
			fetch = append(fetch, name)
		}
		plan = append(plan, o)
	}
	if extra == nil {
		return model, fetch, plan, nil
	}
	adapted = protowire.AppendTag(slices.Clip(model), modelGraph, protowire.BytesType)
	return protowire.AppendBytes(adapted, extra), fetch, plan, nil
}

// appendFlat adds the one-dimensional view of a value and its shape.
func appendFlat(graph []byte, prefix, name string, shapeIndex int) ([]byte, int) {
	graph = appendNode(graph, "Shape", []string{name}, prefix+"shape")
	graph = appendOutput(graph, prefix+"shape", elemInt64)
	graph = appendBytes(graph, graphInit, int64Tensor(prefix+"all", []int64{-1}, []int64{1}))
	graph = appendNode(graph, "Reshape", []string{name, prefix + "all"}, prefix+"flat")
	// The element type is left to the library's inference.
	graph = appendOutput(graph, prefix+"flat", 0)
	return graph, shapeIndex
}

func appendBytes(b []byte, num protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), v)
}

func appendText(b []byte, num protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, num, protowire.BytesType), s)
}

func appendInt(b []byte, num protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), uint64(v))
}

// appendNode adds a NodeProto with one output, which also names the node.
func appendNode(graph []byte, op string, inputs []string, output string, attributes ...[]byte) []byte {
	var n []byte
	for _, in := range inputs {
		n = appendText(n, nodeInput, in)
	}
	n = appendText(n, nodeOutput, output)
	n = appendText(n, nodeName, output)
	n = appendText(n, nodeOp, op)
	for _, a := range attributes {
		n = appendBytes(n, nodeAttr, a)
	}
	return appendBytes(graph, graphNode, n)
}

func intAttribute(name string, v int64) []byte {
	a := appendText(nil, attrName, name)
	a = appendInt(a, attrInt, v)
	return appendInt(a, attrType, attrTypeInt)
}

// appendOutput adds a graph output; elem 0 leaves the type open, no dims the shape.
func appendOutput(graph []byte, name string, elem int64, dims ...int64) []byte {
	return appendBytes(graph, graphOutput, valueInfo(name, elem, dims))
}

// valueInfo is a ValueInfoProto; nil dims leave the shape open.
func valueInfo(name string, elem int64, dims []int64) []byte {
	v := appendText(nil, valueName, name)
	if elem == 0 {
		return v
	}
	tensor := appendInt(nil, tensorElem, elem)
	if dims != nil {
		var shape []byte
		for _, d := range dims {
			var dim []byte
			if d >= 0 {
				dim = appendInt(nil, dimValue, d)
			}
			shape = appendBytes(shape, shapeDim, dim)
		}
		tensor = appendBytes(tensor, tensorShape, shape)
	}
	return appendBytes(v, valueType, appendBytes(nil, typeTensor, tensor))
}

// int64Tensor is a TensorProto.
func int64Tensor(name string, values, dims []int64) []byte {
	var t []byte
	for _, d := range dims {
		t = appendInt(t, rawDims, d)
	}
	t = appendInt(t, rawType, elemInt64)
	for _, v := range values {
		t = appendInt(t, rawInt64s, v)
	}
	return appendText(t, rawName, name)
}
