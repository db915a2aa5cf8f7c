package onnx

import (
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	"seewhy/models/onnx/internal/pb"
)

// Marshal writes a model as the bytes of an ONNX file, all weights inside.
// Equal models give equal bytes. A model above 2 GB is an error: no runtime
// takes one as a single message.
func Marshal(m *Model) ([]byte, error) {
	p := &pb.Model{
		IrVersion: &m.IR, ProducerName: &m.Producer, ProducerVersion: &m.ProducerVersion,
		Graph: graphToWire(m.Graph),
	}
	p.OpsetImport = opsetsToWire(m.Opsets)
	for _, k := range slices.Sorted(maps.Keys(m.Metadata)) {
		p.MetadataProps = append(p.MetadataProps, &pb.Entry{Key: proto.String(k), Value: proto.String(m.Metadata[k])})
	}
	for _, f := range m.Functions {
		p.Functions = append(p.Functions, functionToWire(f))
	}
	if size := proto.Size(p); size > maxBytes {
		return nil, fmt.Errorf("the model takes %d bytes; ONNX Runtime takes one of at most 2 GB", size)
	}
	return proto.MarshalOptions{Deterministic: true}.Marshal(p)
}

func opsetsToWire(o map[string]int64) []*pb.Opset {
	var out []*pb.Opset
	for _, d := range slices.Sorted(maps.Keys(o)) {
		out = append(out, &pb.Opset{Domain: proto.String(d), Version: proto.Int64(o[d])})
	}
	return out
}

func graphToWire(g *Graph) *pb.Graph {
	p := &pb.Graph{Name: proto.String(g.Name), Node: nodesToWire(g.Nodes), Input: valuesToWire(g.Inputs), Output: valuesToWire(g.Outputs)}
	for _, k := range slices.Sorted(maps.Keys(g.Init)) {
		p.Initializer = append(p.Initializer, tensorToWire(k, g.Init[k]))
	}
	for _, k := range slices.Sorted(maps.Keys(g.Values)) {
		p.ValueInfo = append(p.ValueInfo, valuesToWire([]Value{g.Values[k]})...)
	}
	return p
}

func nodesToWire(list []*Node) []*pb.Node {
	out := make([]*pb.Node, len(list))
	for i, n := range list {
		w := &pb.Node{Input: n.In, Output: n.Out, Name: proto.String(n.Name), OpType: proto.String(n.Op)}
		if n.Domain != "" {
			w.Domain = proto.String(n.Domain)
		}
		if n.Overload != "" {
			w.Overload = proto.String(n.Overload)
		}
		for _, k := range slices.Sorted(maps.Keys(n.Attrs)) {
			w.Attribute = append(w.Attribute, attrToWire(k, n.Attrs[k]))
		}
		out[i] = w
	}
	return out
}

func attrToWire(name string, a Attr) *pb.Attribute {
	p := &pb.Attribute{Name: proto.String(name), Type: proto.Int32(int32(a.Kind))}
	if a.Ref != "" {
		p.RefAttrName = proto.String(a.Ref)
		return p
	}
	switch a.Kind {
	case KindFloat:
		p.F = proto.Float32(a.F)
	case KindInt:
		p.I = proto.Int64(a.I)
	case KindString:
		p.S = []byte(a.S)
	case KindTensor:
		p.T = tensorToWire(a.T.Name, a.T)
	case KindGraph:
		p.G = graphToWire(a.G)
	case KindFloats:
		p.Floats = a.Floats
	case KindInts:
		p.Ints = a.Ints
	case KindStrings:
		for _, s := range a.Strings {
			p.Strings = append(p.Strings, []byte(s))
		}
	case KindTensors:
		for _, t := range a.Tensors {
			p.Tensors = append(p.Tensors, tensorToWire(t.Name, t))
		}
	case KindGraphs:
		for _, g := range a.Graphs {
			p.Graphs = append(p.Graphs, graphToWire(g))
		}
	}
	return p
}

func tensorToWire(name string, t *Tensor) *pb.Tensor {
	p := &pb.Tensor{Name: proto.String(name), DataType: proto.Int32(int32(t.Type)), Dims: t.Dims}
	if t.Type == String {
		for _, s := range t.Strings {
			p.StringData = append(p.StringData, []byte(s))
		}
		return p
	}
	p.RawData = t.Raw
	if p.RawData == nil {
		p.RawData = []byte{}
	}
	return p
}

func valuesToWire(list []Value) []*pb.ValueInfo {
	out := make([]*pb.ValueInfo, len(list))
	for i, v := range list {
		w := &pb.ValueInfo{Name: proto.String(v.Name)}
		switch {
		case v.other != nil:
			var t pb.Type
			if proto.Unmarshal(v.other, &t) == nil {
				w.Type = &t
			}
		case v.Type != Undefined:
			t := &pb.TensorType{ElemType: proto.Int32(int32(v.Type))}
			if v.Ranked {
				t.Shape = &pb.Shape{}
				for _, d := range v.Shape {
					dim := &pb.Dimension{}
					switch {
					case d.N >= 0:
						dim.DimValue = proto.Int64(d.N)
					case d.Param != "":
						dim.DimParam = proto.String(d.Param)
					}
					t.Shape.Dim = append(t.Shape.Dim, dim)
				}
			}
			w.Type = &pb.Type{TensorType: t}
		}
		out[i] = w
	}
	return out
}

func functionToWire(f *Function) *pb.Function {
	p := &pb.Function{
		Name: proto.String(f.Name), Domain: proto.String(f.Domain), Input: f.Inputs, Output: f.Outputs,
		Node: nodesToWire(f.Nodes), OpsetImport: opsetsToWire(f.Opsets),
	}
	if f.Overload != "" {
		p.Overload = proto.String(f.Overload)
	}
	for _, a := range f.Attributes {
		if d, ok := f.Defaults[a]; ok {
			p.AttributeProto = append(p.AttributeProto, attrToWire(a, d))
		} else {
			p.Attribute = append(p.Attribute, a)
		}
	}
	return p
}
