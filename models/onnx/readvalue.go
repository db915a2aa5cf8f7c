package onnx

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"seewhy/models/onnx/internal/pb"
)

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
					return nil, fmt.Errorf("value %q has rank %d; the limit is %d", v.Name, len(t.Shape.Dim), maxRank)
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
