package onnx

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"seewhy/models/onnx/internal/pb"
)

// What a file may make the decoder allocate. A message of two bytes on the
// wire takes two hundred in memory and a number of one byte eight, so that the
// file's size alone is no bound.
const (
	// maxNesting is the depth of messages; maxDepth subgraphs take three each.
	maxNesting = 200
	// maxMessages bounds messages and strings: a model of 100,000 nodes with
	// all its shapes declared has about 1,500,000.
	maxMessages = 1 << 22
	// maxNumbers bounds the numbers that are stored one by one; weights are usually raw.
	maxNumbers = 1 << 28
)

// weigh walks the bytes of a model before anything is decoded.
func weigh(data []byte) error {
	s := scale{}
	if err := s.message(data, (*pb.Model)(nil).ProtoReflect().Descriptor(), 0); err != nil {
		return err
	}
	return nil
}

type scale struct{ messages, numbers int }

func (s *scale) message(b []byte, d protoreflect.MessageDescriptor, depth int) error {
	if depth >= maxNesting {
		return fmt.Errorf("the file nests deeper than %d messages; no model does", maxNesting)
	}
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return notONNX(protowire.ParseError(n))
		}
		b = b[n:]
		if n = protowire.ConsumeFieldValue(number, kind, b); n < 0 {
			return notONNX(protowire.ParseError(n))
		}
		value := b[:n]
		b = b[n:]
		field := d.Fields().ByNumber(number)
		if field == nil {
			continue
		}
		if kind == protowire.BytesType {
			value, _ = protowire.ConsumeBytes(value)
		}
		if err := s.field(field, kind, value, depth); err != nil {
			return err
		}
	}
	return nil
}

func (s *scale) field(f protoreflect.FieldDescriptor, kind protowire.Type, value []byte, depth int) error {
	switch f.Kind() {
	case protoreflect.MessageKind:
		if kind != protowire.BytesType {
			return nil
		}
		if s.messages++; s.messages > maxMessages {
			return errors.New("the file holds more than 4 million parts (nodes, values, attributes); no model does")
		}
		return s.message(value, f.Message(), depth+1)
	case protoreflect.StringKind, protoreflect.BytesKind:
		if s.messages++; s.messages > maxMessages {
			return errors.New("the file holds more than 4 million names; no model does")
		}
	case protoreflect.FloatKind:
		s.numbers += (len(value) + 3) / 4
	case protoreflect.DoubleKind:
		s.numbers += (len(value) + 7) / 8
	default:
		// A packed varint takes a byte at least.
		s.numbers += len(value)
	}
	if s.numbers > maxNumbers {
		return errors.New("the file stores more than 268 million numbers one by one; export the model with raw weights")
	}
	return nil
}

func notONNX(err error) error {
	return fmt.Errorf("%w, or a truncated one (%v): download or export it again", ErrNotONNX, err)
}
