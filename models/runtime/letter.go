package runtime

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"seewhy/models/tensor"
)

// letter is what this process and a guest (see guest.go) write to each other:
// a line of JSON, and behind it the model and the tensors that it announces.
// Drivers print to a guest's output as well, so each begins with a mark that
// only these two know, and what lies between letters is passed over.
type letter struct {
	// Kind is "describe", "create", "run" or "stop" to the guest, "answer" from it.
	Kind            string       `json:"kind"`
	Options         guestOptions `json:"options"`
	Inputs, Outputs []string     `json:",omitempty"`
	// Model has the length of the model that follows, Shapes the tensors' behind it.
	Model  int     `json:",omitempty"`
	Shapes [][]int `json:",omitempty"`
	// Ins and Outs answer "describe".
	Ins, Outs []IO `json:",omitempty"`
	// Error is empty where all went well; Signs tells which errors it wraps.
	Error string `json:",omitempty"`
	Signs []int  `json:",omitempty"`

	model   []byte
	tensors []tensor.Tensor
	// ctx is a run's, ended by a "stop".
	ctx context.Context
}

// Bounds on what a letter may announce: a guest runs what may have taken it over.
const (
	maxHeader = 64 << 20
	maxBody   = 16 << 30
)

// markLength is that of the mark, whose first byte comes in it once.
const markLength = 33

// post writes a letter.
func post(w io.Writer, mark string, l letter) error {
	l.Model, l.Shapes = len(l.model), nil
	for _, t := range l.tensors {
		l.Shapes = append(l.Shapes, t.Shape)
	}
	header, err := json.Marshal(l)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	out.WriteString(mark)
	out.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(header))))
	out.Write(header)
	out.Write(l.model)
	part := make([]byte, 0, 1<<14)
	for _, t := range l.tensors {
		for chunk := range slices.Chunk(t.Data, cap(part)/4) {
			part = part[:0]
			for _, v := range chunk {
				part = binary.LittleEndian.AppendUint32(part, math.Float32bits(v))
			}
			// The writer keeps its first error for Flush.
			out.Write(part)
		}
	}
	return out.Flush()
}

// collect reads the next letter.
func collect(r *bufio.Reader, mark string) (letter, error) {
	var l letter
	if err := seek(r, mark); err != nil {
		return l, err
	}
	var four [4]byte
	if _, err := io.ReadFull(r, four[:]); err != nil {
		return l, err
	}
	n := binary.LittleEndian.Uint32(four[:])
	if n > maxHeader {
		return l, fmt.Errorf("a letter begins with %d bytes", n)
	}
	header := make([]byte, n)
	if _, err := io.ReadFull(r, header); err != nil {
		return l, err
	}
	if err := json.Unmarshal(header, &l); err != nil {
		return l, err
	}
	total := l.Model
	if l.Model < 0 || l.Model > maxBody {
		return l, errors.New("a letter of no size")
	}
	for _, shape := range l.Shapes {
		elements := 1
		for _, d := range shape {
			if d < 0 || d > 0 && elements > maxBody/d {
				return l, errors.New("a letter of no size")
			}
			elements *= d
		}
		if total += 4 * elements; total > maxBody {
			return l, errors.New("a letter of no size")
		}
	}
	if l.Model > 0 {
		l.model = make([]byte, l.Model)
		if _, err := io.ReadFull(r, l.model); err != nil {
			return l, err
		}
	}
	part := make([]byte, 1<<14)
	for _, shape := range l.Shapes {
		t := tensor.New(shape...)
		for chunk := range slices.Chunk(t.Data, len(part)/4) {
			if _, err := io.ReadFull(r, part[:4*len(chunk)]); err != nil {
				return l, err
			}
			for i := range chunk {
				chunk[i] = math.Float32frombits(binary.LittleEndian.Uint32(part[4*i:]))
			}
		}
		l.tensors = append(l.tensors, t)
	}
	return l, nil
}

// seek passes over everything up to and with the mark.
func seek(r *bufio.Reader, mark string) error {
	for at := 0; at < len(mark); {
		b, err := r.ReadByte()
		switch {
		case err != nil:
			return err
		case b == mark[at]:
			at++
		case b == mark[0]:
			at = 1
		default:
			at = 0
		}
	}
	return nil
}

// signs are the errors that callers ask for, in an order that both ends know.
var signs = []error{ErrMemory, ErrDevice, ErrHung, ErrKernels, errRun}

// sealed puts an error into a letter.
func (l *letter) sealed(err error) {
	l.Error = err.Error()
	for i, s := range signs {
		if errors.Is(err, s) {
			l.Signs = append(l.Signs, i)
		}
	}
}

// err is the error in a letter.
func (l letter) err() error {
	if l.Error == "" {
		return nil
	}
	e := told{text: l.Error}
	for _, i := range l.Signs {
		if i >= 0 && i < len(signs) {
			e.signs = append(e.signs, signs[i])
		}
	}
	return e
}

// told is an error that a guest met.
type told struct {
	text  string
	signs []error
}

func (t told) Error() string { return t.text }

func (t told) Unwrap() []error { return t.signs }
