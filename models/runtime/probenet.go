package runtime

import (
	"encoding/binary"
	"math"
)

// The probe's net: four 3x3 convolutions, 0.4 GMAC, about as much as a small
// classifier, so that its time compares devices fairly: on a net of a few
// kilobytes every GPU would lose to the CPU by its launch latency.
const (
	probeChannels = 64
	probeSide     = 56
	probeLayers   = 4
	probeElements = probeChannels * probeSide * probeSide
)

// probeNet writes the model. Its weights come from a ConstantOfShape node,
// which the library folds when it loads: the file has 400 bytes.
func probeNet() []byte {
	var value []byte // of 1/(9 C): a convolution of ones gives ones
	value = appendInt(value, rawDims, 1)
	value = appendInt(value, rawType, elemFloat)
	value = appendBytes(value, rawFloats, binary.LittleEndian.AppendUint32(nil, math.Float32bits(1.0/(9*probeChannels))))
	attribute := appendText(nil, attrName, "value")
	attribute = appendBytes(attribute, attrTensor, value)
	attribute = appendInt(attribute, attrType, attrTypeTens)

	graph := appendText(nil, graphName, "probe")
	graph = appendBytes(graph, graphInit, int64Tensor("shape", []int64{probeChannels, probeChannels, 3, 3}, []int64{4}))
	graph = appendNode(graph, "ConstantOfShape", []string{"shape"}, "w", attribute)
	names := [probeLayers + 1]string{"x", "h1", "h2", "h3", "y"}
	for i := range probeLayers {
		graph = appendNode(graph, "Conv", []string{names[i], "w"}, names[i+1], intsAttribute("pads", 1, 1, 1, 1))
	}
	graph = appendBytes(graph, graphInput, valueInfo("x", elemFloat, []int64{1, probeChannels, probeSide, probeSide}))
	graph = appendOutput(graph, "y", elemFloat, 1, probeChannels, probeSide, probeSide)
	return wrapModel(graph)
}

func intsAttribute(name string, values ...int64) []byte {
	a := appendText(nil, attrName, name)
	for _, v := range values {
		a = appendInt(a, attrInts, v)
	}
	return appendInt(a, attrType, attrTypeInts)
}

// wrapModel is a ModelProto of IR 8, opset 13, which every supported library reads.
func wrapModel(graph []byte) []byte {
	model := appendInt(nil, modelIR, 8)
	opset := appendText(nil, opsetDomain, "")
	model = appendBytes(model, modelOpset, appendInt(opset, opsetVersion, 13))
	return appendBytes(model, modelGraph, graph)
}
