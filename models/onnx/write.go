package onnx

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"

	"seewhy/models/onnx/internal/pb"
)

// Marshal writes a model as the bytes of an ONNX file, all weights inside.
// Equal models give equal bytes. A model above 2 GB is an error: no runtime
// takes one as a single message; MarshalOutside writes it.
func Marshal(m *Model) ([]byte, error) { return (&writer{}).model(m) }

// MarshalOutside is Marshal but for the weights of large models, which were not
// read but mapped: they stay in the data files in folder, and the message says
// where. Folder is empty where all weights are inside.
func MarshalOutside(m *Model) (data []byte, folder string, err error) {
	data, err = (&writer{outside: m.folder != ""}).model(m)
	return data, m.folder, err
}

// Outside says that weights of the model lie in mapped data files, and that it
// may be too large for Marshal.
func (m *Model) Outside() bool { return m.folder != "" }

// writer brings a model into the wire form.
type writer struct {
	// outside leaves weights in their data files.
	outside bool
}

func (c *writer) model(m *Model) ([]byte, error) {
	// Before anything is copied.
	if size := c.weight(m.Graph); size > maxBytes {
		return nil, fmt.Errorf("the weights take %d bytes; ONNX Runtime takes a model of at most 2 GB", size)
	}
	p := &pb.Model{
		IrVersion: &m.IR, ProducerName: &m.Producer, ProducerVersion: &m.ProducerVersion,
		Graph: c.graph(m.Graph),
	}
	p.OpsetImport = opsetsToWire(m.Opsets)
	metadata := m.Metadata
	if why := m.apart(); why != "" {
		metadata = cloned(metadata)
		metadata[ApartKey] = why
	}
	for _, k := range slices.Sorted(maps.Keys(metadata)) {
		p.MetadataProps = append(p.MetadataProps, &pb.Entry{Key: proto.String(k), Value: proto.String(metadata[k])})
	}
	for _, f := range m.Functions {
		p.Functions = append(p.Functions, c.function(f))
	}
	if size := proto.Size(p); size > maxBytes {
		return nil, fmt.Errorf("the model takes %d bytes; ONNX Runtime takes one of at most 2 GB", size)
	}
	return proto.MarshalOptions{Deterministic: true}.Marshal(p)
}

// weight is the bytes of the weights that go into the message.
func (c *writer) weight(g *Graph) (bytes int64) {
	for _, t := range g.Init {
		if !c.outside || t.place == nil {
			bytes += int64(len(t.Raw))
		}
	}
	return bytes
}

func opsetsToWire(o map[string]int64) []*pb.Opset {
	var out []*pb.Opset
	for _, d := range slices.Sorted(maps.Keys(o)) {
		out = append(out, &pb.Opset{Domain: proto.String(d), Version: proto.Int64(o[d])})
	}
	return out
}

func (c *writer) graph(g *Graph) *pb.Graph {
	p := &pb.Graph{Name: proto.String(g.Name), Node: c.nodes(g.Nodes), Input: valuesToWire(g.Inputs), Output: valuesToWire(g.Outputs)}
	for _, k := range slices.Sorted(maps.Keys(g.Init)) {
		p.Initializer = append(p.Initializer, c.tensor(k, g.Init[k]))
	}
	for _, k := range slices.Sorted(maps.Keys(g.Values)) {
		p.ValueInfo = append(p.ValueInfo, valuesToWire([]Value{g.Values[k]})...)
	}
	return p
}

func (c *writer) nodes(list []*Node) []*pb.Node {
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
			w.Attribute = append(w.Attribute, c.attr(k, n.Attrs[k]))
		}
		out[i] = w
	}
	return out
}

func (c *writer) attr(name string, a Attr) *pb.Attribute {
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
		p.T = c.tensor(a.T.Name, a.T)
	case KindGraph:
		p.G = c.graph(a.G)
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
			p.Tensors = append(p.Tensors, c.tensor(t.Name, t))
		}
	case KindGraphs:
		for _, g := range a.Graphs {
			p.Graphs = append(p.Graphs, c.graph(g))
		}
	}
	return p
}

func (c *writer) tensor(name string, t *Tensor) *pb.Tensor {
	p := &pb.Tensor{Name: proto.String(name), DataType: proto.Int32(int32(t.Type)), Dims: t.Dims}
	if t.Type == String {
		for _, s := range t.Strings {
			p.StringData = append(p.StringData, []byte(s))
		}
		return p
	}
	if c.outside && t.place != nil {
		entry := func(k, v string) {
			p.ExternalData = append(p.ExternalData, &pb.Entry{Key: proto.String(k), Value: proto.String(v)})
		}
		entry("location", t.place.name)
		entry("offset", strconv.FormatInt(t.place.start, 10))
		entry("length", strconv.Itoa(len(t.Raw)))
		p.DataLocation = proto.Int32(1)
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

func (c *writer) function(f *Function) *pb.Function {
	p := &pb.Function{
		Name: proto.String(f.Name), Domain: proto.String(f.Domain), Input: f.Inputs, Output: f.Outputs,
		Node: c.nodes(f.Nodes), OpsetImport: opsetsToWire(f.Opsets),
	}
	if f.Overload != "" {
		p.Overload = proto.String(f.Overload)
	}
	for _, a := range f.Attributes {
		if d, ok := f.Defaults[a]; ok {
			p.AttributeProto = append(p.AttributeProto, c.attr(a, d))
		} else {
			p.Attribute = append(p.Attribute, a)
		}
	}
	return p
}
