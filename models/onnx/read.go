package onnx

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"google.golang.org/protobuf/proto"

	"seewhy/models/onnx/internal/pb"
)

// Bounds on what a file may declare. They are far above any real model and
// keep a hostile one from taking the memory or the time of the machine.
const (
	// maxBytes bounds the file, all weights that are held in memory together (one
	// region used twice counts twice) and any one tensor, weight or prescribed by
	// the file's constants: ONNX Runtime takes a model as one message, which
	// holds at most 2 GB. Weights in mapped data files stay outside of it.
	maxBytes = 2<<30 - 1
	maxNodes = 1 << 20
	maxRank  = 32
	maxDepth = 16
	maxAttrs = 1 << 12
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
	case !info.Mode().IsRegular():
		// Opening a pipe would wait for somebody to write into it.
		return nil, fmt.Errorf("%s is no regular file but a pipe or a device", path)
	case info.Size() == 0:
		return nil, fmt.Errorf("%s is empty (0 bytes): the download or copy may have failed", path)
	case info.Size() > maxBytes:
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
	ext := &external{fs: root}
	m, err := read(data, ext)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	if ext.outside > 0 {
		if m.folder, err = filepath.Abs(filepath.Dir(path)); err != nil {
			return nil, fmt.Errorf("%s: its folder: %w", filepath.Base(path), err)
		}
	}
	return m, nil
}

// Read parses a model from memory. External data cannot be resolved and is an error.
func Read(data []byte) (*Model, error) { return read(data, &external{}) }

func read(data []byte, ext *external) (*Model, error) {
	if err := lookAlike(data); err != nil {
		return nil, err
	}
	if err := weigh(data); err != nil {
		return nil, orText(data, err)
	}
	var p pb.Model
	if err := (proto.UnmarshalOptions{RecursionLimit: maxNesting}).Unmarshal(data, &p); err != nil {
		return nil, orText(data, notONNX(err))
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
	ext.weighs(p.Graph.Initializer)
	g, err := c.graph(p.Graph, 0)
	if err != nil {
		return nil, err
	}
	m.Graph = g
	m.External = len(c.ext.files) > 0
	for _, f := range p.Functions {
		fn, err := c.function(f)
		if err != nil {
			return nil, err
		}
		m.Functions = append(m.Functions, fn)
	}
	for _, t := range c.ext.tensors {
		if g.Init[t.Name] != t {
			m.Buried = append(m.Buried, t)
		}
	}
	if err := check(m); err != nil {
		return nil, err
	}
	if err := checkFunctions(m); err != nil {
		return nil, err
	}
	if err := checkSizes(m); err != nil {
		return nil, err
	}
	nameOutputs(m.Graph)
	dropUnread(m.Graph)
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
	// bytes is the size of all tensors so far.
	bytes int64
}

func (c *reader) graph(p *pb.Graph, depth int) (*Graph, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("graph %q: subgraphs nest deeper than %d", p.GetName(), maxDepth)
	}
	if len(p.SparseInitializer) > 0 {
		return nil, fmt.Errorf("graph %q: sparse weights are not supported; export the model with dense weights", p.GetName())
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
		n.trim()
		if n.Op == "" {
			return nil, fmt.Errorf("node %d (%q) names no operator", i, n.Name)
		}
		if len(p.Attribute) > maxAttrs {
			return nil, fmt.Errorf("%s has %d attributes", n.Label(), len(p.Attribute))
		}
		for _, a := range p.Attribute {
			if _, twice := n.Attrs[a.GetName()]; twice {
				return nil, fmt.Errorf("%s, attribute %q is given twice", n.Label(), a.GetName())
			}
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

// trim drops names that are left out at the end, which are no operands: ONNX
// Runtime 1.27 ends the process on a LayerNormalization with such a bias. Those
// of a list are refused elsewhere.
func (n *Node) trim() {
	if _, list := listsFrom[n.FullOp()]; list {
		return
	}
	for len(n.In) > 0 && n.In[len(n.In)-1] == "" {
		n.In = n.In[:len(n.In)-1]
	}
}
