package runtime

import (
	"errors"
	"fmt"

	ort "github.com/yalue/onnxruntime_go"
	"google.golang.org/protobuf/encoding/protowire"
)

// declaration is what a model file itself says of an input or output.
type declaration struct {
	name    string
	element ort.TensorElementDataType // Undefined where the file does not say
	// kind is empty for a tensor, else "sequence", "map" and so on.
	kind string
	// ranked says that a shape is declared; then dims holds it, -1 for dynamic.
	ranked bool
	dims   []int
}

// declarations are the inputs and outputs of a model's graph, in file order.
type declarations struct {
	inputs, outputs []declaration
}

// Field numbers of onnx.proto that are read or written here.
const (
	modelIR       = 1
	modelGraph    = 7
	modelOpset    = 8
	modelMetadata = 14
	modelFunction = 25
	entryKey      = 1
	entryValue    = 2
	functionNode  = 7
	graphNode     = 1
	graphName     = 2
	graphInit     = 5
	graphInput    = 11
	graphOutput   = 12
	valueName     = 1
	valueType     = 2
	typeTensor    = 1
	tensorElem    = 1
	tensorShape   = 2
	shapeDim      = 1
	dimValue      = 1
	nodeInput     = 1
	nodeOutput    = 2
	nodeName      = 3
	nodeOp        = 4
	nodeAttr      = 5
	nodeDomain    = 7
	attrName      = 1
	attrInt       = 3
	attrTensor    = 5
	attrGraph     = 6
	attrInts      = 8
	attrGraphs    = 11
	attrType      = 20
	attrTypeInt   = 2
	attrTypeTens  = 4
	attrTypeInts  = 7
	rawDims       = 1
	rawType       = 2
	rawFloats     = 4
	rawInt64s     = 7
	rawName       = 8
	opsetDomain   = 1
	opsetVersion  = 2
	elemFloat     = 1
	elemInt64     = 7
)

var otherKinds = map[protowire.Number]string{4: "sequence", 5: "map", 7: "opaque", 8: "sparse tensor", 9: "optional"}

// declaredIn reads the declarations without decoding nodes or weights: a
// session must know its element types before it is made, and asking the
// library costs a second session. The model is hostile input: every length
// is checked by protowire, nothing is allocated that the bytes do not hold.
func declaredIn(model []byte) (declarations, error) {
	var d declarations
	err := fields(model, func(num protowire.Number, graph []byte) error {
		if num != modelGraph {
			return nil
		}
		return fields(graph, func(num protowire.Number, value []byte) error {
			if num != graphInput && num != graphOutput {
				return nil
			}
			v, err := parseValue(value)
			if err != nil {
				return err
			}
			if num == graphInput {
				d.inputs = append(d.inputs, v)
			} else {
				d.outputs = append(d.outputs, v)
			}
			return nil
		})
	})
	if err != nil {
		return declarations{}, fmt.Errorf("not an ONNX model: %w", err)
	}
	if len(d.outputs) == 0 {
		return declarations{}, errors.New("not an ONNX model: no graph with an output in it")
	}
	return d, nil
}

// fields calls visit for each length-delimited field of a message and skips the others.
func fields(message []byte, visit func(protowire.Number, []byte) error) error {
	return walk(message, func(num protowire.Number, bytes []byte, _ uint64) error {
		if bytes == nil {
			return nil
		}
		return visit(num, bytes)
	})
}

// walk calls visit for each varint (bytes is nil) and length-delimited field.
func walk(message []byte, visit func(num protowire.Number, bytes []byte, varint uint64) error) error {
	for len(message) > 0 {
		num, typ, n := protowire.ConsumeTag(message)
		if n < 0 {
			return protowire.ParseError(n)
		}
		message = message[n:]
		var err error
		switch typ {
		case protowire.BytesType:
			var b []byte
			if b, n = protowire.ConsumeBytes(message); n >= 0 {
				err = visit(num, b[:len(b):len(b)], 0)
			}
		case protowire.VarintType:
			var v uint64
			if v, n = protowire.ConsumeVarint(message); n >= 0 {
				err = visit(num, nil, v)
			}
		default:
			n = protowire.ConsumeFieldValue(num, typ, message)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		if err != nil {
			return err
		}
		message = message[n:]
	}
	return nil
}

func parseValue(message []byte) (declaration, error) {
	var d declaration
	err := fields(message, func(num protowire.Number, b []byte) error {
		switch num {
		case valueName:
			d.name = string(b)
		case valueType:
			return fields(b, func(num protowire.Number, b []byte) error {
				if num == typeTensor {
					return d.parseTensor(b)
				}
				d.kind = otherKinds[num]
				return nil
			})
		}
		return nil
	})
	return d, err
}

func (d *declaration) parseTensor(message []byte) error {
	return walk(message, func(num protowire.Number, b []byte, v uint64) error {
		switch {
		case num == tensorElem && b == nil:
			d.element = ort.TensorElementDataType(int32(v))
		case num == tensorShape && b != nil:
			d.ranked, d.dims = true, nil
			return fields(b, func(num protowire.Number, b []byte) error {
				if num != shapeDim {
					return nil
				}
				dim := -1
				err := walk(b, func(num protowire.Number, b []byte, v uint64) error {
					if num == dimValue && b == nil && int64(v) >= 0 {
						dim = int(v)
					}
					return nil
				})
				d.dims = append(d.dims, dim)
				return err
			})
		}
		return nil
	})
}
