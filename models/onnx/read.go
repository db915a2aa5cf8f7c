package onnx

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"google.golang.org/protobuf/proto"

	"seewhy/models/onnx/internal/pb"
)

// Bounds on what a file may declare. They are far above any real model and
// keep a hostile one from taking the memory or the time of the machine.
const (
	maxFile   = 2<<30 - 1
	maxNodes  = 1 << 20
	maxRank   = 32
	maxDepth  = 16
	maxElems  = 1 << 40
	maxAttrs  = 1 << 12
	maxValues = 1 << 22
)

// ErrNotONNX marks a file that is no ONNX model at all.
var ErrNotONNX = errors.New("not an ONNX model")

// ReadFile reads a model and the external data files beside it. Data outside
// the model's folder is refused, through symbolic links too.
func ReadFile(path string) (*Model, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	switch {
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder; choose the .onnx file in it", path)
	case info.Size() == 0:
		return nil, fmt.Errorf("%s is empty (0 bytes): the download or copy may have failed", path)
	case info.Size() > maxFile:
		return nil, fmt.Errorf("%s is %d bytes; an ONNX file holds at most 2 GB, larger models keep their weights in external data files", path, info.Size())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	defer root.Close()
	m, err := read(data, &external{fs: root})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return m, nil
}

// Read parses a model from memory. External data cannot be resolved and is an error.
func Read(data []byte) (*Model, error) { return read(data, &external{}) }

func read(data []byte, ext *external) (*Model, error) {
	var p pb.Model
	if err := (proto.UnmarshalOptions{RecursionLimit: 200}).Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("%w, or a truncated one: %v", ErrNotONNX, err)
	}
	if p.Graph == nil || (p.GetIrVersion() == 0 && len(p.OpsetImport) == 0) {
		return nil, fmt.Errorf("%w: it declares no graph", ErrNotONNX)
	}
	m := &Model{
		IR: p.GetIrVersion(), Producer: p.GetProducerName(), ProducerVersion: p.GetProducerVersion(),
		Doc: p.GetDocString(), Metadata: map[string]string{},
	}
	m.Opsets = opsets(p.OpsetImport)
	for _, e := range p.MetadataProps {
		m.Metadata[e.GetKey()] = e.GetValue()
	}
	c := &reader{ext: ext}
	g, err := c.graph(p.Graph, 0)
	if err != nil {
		return nil, err
	}
	m.Graph = g
	for _, f := range p.Functions {
		fn, err := c.function(f)
		if err != nil {
			return nil, err
		}
		m.Functions = append(m.Functions, fn)
	}
	if err := check(m); err != nil {
		return nil, err
	}
	return m, nil
}

func opsets(list []*pb.Opset) map[string]int64 {
	out := map[string]int64{}
	for _, o := range list {
		domain := o.GetDomain()
		if domain == "ai.onnx" {
			domain = ""
		}
		out[domain] = o.GetVersion()
	}
	return out
}

// reader converts the wire form; it counts what it makes.
type reader struct {
	ext   *external
	nodes int
}

func (c *reader) graph(p *pb.Graph, depth int) (*Graph, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("graph %q: subgraphs nest deeper than %d", p.GetName(), maxDepth)
	}
	if len(p.SparseInitializer) > 0 {
		return nil, fmt.Errorf("graph %q: sparse weights are not supported; export the model with dense weights", p.GetName())
	}
	if len(p.ValueInfo)+len(p.Input)+len(p.Output) > maxValues {
		return nil, fmt.Errorf("graph %q declares more than %d values", p.GetName(), maxValues)
	}
	g := &Graph{Name: p.GetName(), Init: map[string]*Tensor{}, Values: map[string]Value{}}
	for _, t := range p.Initializer {
		v, err := c.tensor(t)
		if err != nil {
			return nil, err
		}
		if v.Name == "" {
			return nil, errors.New("a weight tensor has no name")
		}
		if g.Init[v.Name] != nil {
			return nil, fmt.Errorf("weight %q is defined twice", v.Name)
		}
		g.Init[v.Name] = v
	}
	var err error
	if g.Inputs, err = values(p.Input); err != nil {
		return nil, err
	}
	if g.Outputs, err = values(p.Output); err != nil {
		return nil, err
	}
	inner, err := values(p.ValueInfo)
	if err != nil {
		return nil, err
	}
	for _, v := range inner {
		g.Values[v.Name] = v
	}
	g.Nodes, err = c.nodeList(p.Node, depth)
	return g, err
}

func (c *reader) nodeList(list []*pb.Node, depth int) ([]*Node, error) {
	if c.nodes += len(list); c.nodes > maxNodes {
		return nil, fmt.Errorf("the model has more than %d nodes", maxNodes)
	}
	out := make([]*Node, len(list))
	for i, p := range list {
		n := &Node{
			Name: p.GetName(), Op: p.GetOpType(), Domain: p.GetDomain(), Overload: p.GetOverload(),
			In: p.Input, Out: p.Output, Attrs: map[string]Attr{},
		}
		if n.Domain == "ai.onnx" {
			n.Domain = ""
		}
		if n.Op == "" {
			return nil, fmt.Errorf("node %d (%q) names no operator", i, n.Name)
		}
		if len(p.Attribute) > maxAttrs {
			return nil, fmt.Errorf("%s has %d attributes", n.Label(), len(p.Attribute))
		}
		for _, a := range p.Attribute {
			v, err := c.attr(a, depth)
			if err != nil {
				return nil, fmt.Errorf("%s, attribute %q: %w", n.Label(), a.GetName(), err)
			}
			n.Attrs[a.GetName()] = v
		}
		out[i] = n
	}
	return out, nil
}

func (c *reader) attr(p *pb.Attribute, depth int) (Attr, error) {
	a := Attr{Kind: AttrKind(p.GetType()), Ref: p.GetRefAttrName()}
	if a.Kind == 0 {
		a.Kind = guessKind(p)
	}
	var err error
	switch a.Kind {
	case KindFloat:
		a.F = p.GetF()
	case KindInt:
		a.I = p.GetI()
	case KindString:
		a.S = string(p.GetS())
	case KindFloats:
		a.Floats = p.Floats
	case KindInts:
		a.Ints = p.Ints
	case KindStrings:
		for _, s := range p.Strings {
			a.Strings = append(a.Strings, string(s))
		}
	case KindTensor:
		if p.T == nil && a.Ref == "" {
			return a, errors.New("the tensor is missing")
		}
		if p.T != nil {
			a.T, err = c.tensor(p.T)
		}
	case KindGraph:
		if p.G == nil && a.Ref == "" {
			return a, errors.New("the subgraph is missing")
		}
		if p.G != nil {
			a.G, err = c.graph(p.G, depth+1)
		}
	case KindTensors:
		for _, t := range p.Tensors {
			v, err := c.tensor(t)
			if err != nil {
				return a, err
			}
			a.Tensors = append(a.Tensors, v)
		}
	case KindGraphs:
		for _, g := range p.Graphs {
			v, err := c.graph(g, depth+1)
			if err != nil {
				return a, err
			}
			a.Graphs = append(a.Graphs, v)
		}
	default:
		return a, fmt.Errorf("attribute type %d is not supported", a.Kind)
	}
	return a, err
}

// guessKind serves files before IR 2, which leave the type out.
func guessKind(p *pb.Attribute) AttrKind {
	switch {
	case p.T != nil:
		return KindTensor
	case p.G != nil:
		return KindGraph
	case p.Ints != nil:
		return KindInts
	case p.Floats != nil:
		return KindFloats
	case p.Strings != nil:
		return KindStrings
	case p.S != nil:
		return KindString
	case p.F != nil:
		return KindFloat
	}
	return KindInt
}

func (c *reader) function(p *pb.Function) (*Function, error) {
	f := &Function{
		Domain: p.GetDomain(), Name: p.GetName(), Overload: p.GetOverload(), Inputs: p.Input, Outputs: p.Output,
		Attributes: p.Attribute, Defaults: map[string]Attr{}, Opsets: opsets(p.OpsetImport),
	}
	for _, a := range p.AttributeProto {
		v, err := c.attr(a, 1)
		if err != nil {
			return nil, fmt.Errorf("function %q: %w", f.Name, err)
		}
		f.Defaults[a.GetName()] = v
		f.Attributes = append(f.Attributes, a.GetName())
	}
	var err error
	if f.Nodes, err = c.nodeList(p.Node, 1); err != nil {
		return nil, fmt.Errorf("function %q: %w", f.Name, err)
	}
	return f, nil
}

func values(list []*pb.ValueInfo) ([]Value, error) {
	out := make([]Value, len(list))
	for i, p := range list {
		v := Value{Name: p.GetName()}
		switch {
		case p.Type == nil:
		case p.Type.TensorType == nil:
			raw, err := proto.Marshal(p.Type)
			if err != nil {
				return nil, err
			}
			v.other = raw
		default:
			t := p.Type.TensorType
			v.Type = Type(t.GetElemType())
			if t.Shape != nil {
				if len(t.Shape.Dim) > maxRank {
					return nil, fmt.Errorf("value %q has rank %d", v.Name, len(t.Shape.Dim))
				}
				v.Ranked = true
				for _, d := range t.Shape.Dim {
					dim := Dim{N: -1, Param: d.GetDimParam()}
					// A value of 0 or less was written for "unknown" by older exporters.
					if d.DimValue != nil && *d.DimValue > 0 {
						dim = Dim{N: *d.DimValue}
					}
					v.Shape = append(v.Shape, dim)
				}
			}
		}
		out[i] = v
	}
	return out, nil
}

// external reads data files inside one folder, each region once.
type external struct {
	fs interface {
		Open(string) (*os.File, error)
	}
	regions map[region][]byte
	// read counts bytes of distinct regions, bound what the files hold.
	read, bound int64
	seen        map[string]int64
}

type region struct {
	file        string
	start, size int64
}

func (e *external) load(location string, start, size int64) ([]byte, error) {
	if e.fs == nil {
		return nil, errors.New("the weights lie in an external file, which is not at hand; open the model from its folder")
	}
	if e.regions == nil {
		e.regions, e.seen = map[region][]byte{}, map[string]int64{}
	}
	key := region{location, start, size}
	if b, ok := e.regions[key]; ok {
		return b, nil
	}
	f, err := e.fs.Open(location)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("its data file %q is missing: copy it beside the model", location)
	}
	if err != nil {
		return nil, fmt.Errorf("its data file %q cannot be used (it must lie in the model's folder): %w", location, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("its data file %q is no regular file", location)
	}
	if start < 0 || size < 0 || start > info.Size() || size > info.Size()-start {
		return nil, fmt.Errorf("its data file %q holds %d bytes, but bytes %d to %d are asked for: the file is truncated or belongs to another model", location, info.Size(), start, start+size)
	}
	if _, ok := e.seen[location]; !ok {
		e.seen[location] = info.Size()
		e.bound += 2 * info.Size()
	}
	if e.read += size; e.read > e.bound {
		return nil, fmt.Errorf("the weights overlap in %q: this is no file that an exporter wrote", location)
	}
	b := make([]byte, size)
	if _, err := f.ReadAt(b, start); err != nil && size > 0 {
		return nil, fmt.Errorf("data file %q: %w", location, err)
	}
	e.regions[key] = b
	return b, nil
}
