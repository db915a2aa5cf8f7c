package runtime

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"seewhy/models/fuse"
	"seewhy/models/onnx"
)

// Unproven lists the operators in a model, sorted, on which the library may end
// its process: those that are not in the list below. Such models run in a guest.
// The model's nodes are read, in branches and functions too, no weights.
func Unproven(model []byte) ([]string, error) {
	found := map[string]bool{}
	err := fields(model, func(num protowire.Number, b []byte) error {
		switch num {
		case modelGraph:
			return unprovenIn(b, graphNode, 0, found)
		case modelFunction:
			return unprovenIn(b, functionNode, 0, found)
		case modelMetadata:
			return fields(b, noted(found))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("not an ONNX model: %w", err)
	}
	var list []string
	for name := range found {
		list = append(list, name)
	}
	slices.Sort(list)
	return list, nil
}

// noted reads an entry of the metadata: the note of the reader of models on
// nodes that are in doubt for their form. Anybody may write one: it costs a guest.
func noted(found map[string]bool) func(protowire.Number, []byte) error {
	key := ""
	return func(num protowire.Number, b []byte) error {
		switch {
		case num == entryKey:
			key = string(b)
		case num == entryValue && key == onnx.ApartKey && len(b) > 0:
			found[bounded(string(b), mostNote)] = true
		}
		return nil
	}
}

// mostNote bounds a note, which holds names from the file.
const mostNote = 400

// mostBranches is how deep branches may lie in branches; the reader of models
// takes half of that.
const mostBranches = 32

func unprovenIn(graph []byte, nodes protowire.Number, depth int, found map[string]bool) error {
	if depth > mostBranches {
		return errors.New("branches nest too deep")
	}
	return fields(graph, func(num protowire.Number, node []byte) error {
		if num != nodes {
			return nil
		}
		var op, domain string
		err := fields(node, func(num protowire.Number, b []byte) error {
			switch num {
			case nodeOp:
				op = string(b)
			case nodeDomain:
				domain = string(b)
			case nodeAttr:
				return fields(b, func(num protowire.Number, b []byte) error {
					if num != attrGraph && num != attrGraphs {
						return nil
					}
					return unprovenIn(b, graphNode, depth+1, found)
				})
			}
			return nil
		})
		if err == nil && !proven(domain, op) {
			found[wholeName(domain, op)] = true
		}
		return err
	})
}

// wholeName is an operator with its domain; names come from the file.
func wholeName(domain, op string) string {
	const most = 60
	name := op
	if domain != "" {
		name = domain + "." + op
	}
	return bounded(name, most)
}

func bounded(name string, most int) string {
	if len(name) > most {
		name = name[:most] + "..."
	}
	return strings.ToValidUTF8(name, "?")
}

// proven says that the library answers with an error, if anything, whatever
// the operands, ranks and attributes that pass the reader: docs/safety.md tells
// how that was tried. Our own kernels check all of that themselves.
func proven(domain, op string) bool {
	switch domain {
	case "", "ai.onnx":
		return provenOps[op]
	case fuse.Domain:
		return true
	}
	return false
}
