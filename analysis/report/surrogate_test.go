package report

import (
	"bytes"
	"encoding/base64"
	"reflect"
	"strings"
	"testing"

	"seewhy/analysis/task"
)

// sampled is a result by segments, with errors of its map.
func sampled() Input {
	in := sample(40, 30)
	m := &in.Result.Map
	in.Result.Error = &task.Map{Width: m.Width, Height: m.Height, Values: make([]float32, len(m.Values))}
	for i := range in.Result.Error.Values {
		in.Result.Error.Values[i] = float32(i) / 100
	}
	in.Result.Segments = &task.Segments{Width: 4, Height: 2, Of: []int32{0, 0, 1, 1, 2, 2, 2, 1}, Count: 3}
	in.Result.Surrogate = &task.Surrogate{Values: []float64{1, -2, 0.5}, Errors: []float64{0.1, 0.2, 0.05}, Intercept: 3, Full: 2.5, Off: 3, R2: 0.87, HasR2: true}
	in.Result.Facts = []task.Fact{{ID: "samples", Value: 1000}}
	in.Result.Map.Quantity = "Activation"
	return in
}

// Segments, their values and the errors come back as they were.
func TestSurrogateRoundTrip(t *testing.T) {
	in := sampled()
	records, err := Provenance(bytes.NewReader(small(t, in)))
	if err != nil {
		t.Fatal(err)
	}
	got, want := records[0].Result, in.Result
	if !reflect.DeepEqual(got.Segments, want.Segments) || !reflect.DeepEqual(got.Surrogate, want.Surrogate) ||
		!reflect.DeepEqual(got.Error, want.Error) || !reflect.DeepEqual(got.Facts, want.Facts) || got.Map.Quantity != want.Map.Quantity {
		t.Errorf("read back\n%+v %+v %+v %+v %q", got.Segments, got.Surrogate, got.Error, got.Facts, got.Map.Quantity)
	}
}

// What does not fit together is refused, whatever size it claims.
func TestSurrogateRefuses(t *testing.T) {
	in := sampled()
	s, err := newSubject(in)
	if err != nil {
		t.Fatal(err)
	}
	good, err := provenanceChunks([]*subject{s})
	if err != nil {
		t.Fatal(err)
	}
	replace := func(from, to string) []byte {
		var chunks []chunk
		for _, c := range good {
			c.data = []byte(strings.Replace(string(c.data), from, to, 1))
			chunks = append(chunks, c)
		}
		return with(t, chunks...)
	}
	labels := func(of ...byte) []byte {
		packed, err := packedText(keySegments, []byte(base64.StdEncoding.EncodeToString(of)))
		if err != nil {
			t.Fatal(err)
		}
		return with(t, append(append([]chunk(nil), good...), packed)...)
	}
	for name, data := range map[string][]byte{
		"a value less":         replace(`"values":[1,-2,0.5]`, `"values":[1,-2]`),
		"an error less":        replace(`"errors":[0.1,0.2,0.05]`, `"errors":[0.1]`),
		"no segments":          replace(`"segments":{"width":4,"height":2,"count":3},`, ``),
		"huge segments":        replace(`"segments":{"width":4,`, `"segments":{"width":4000000000,`),
		"many segments":        replace(`"height":2,"count":3}`, `"height":2,"count":3000000}`),
		"a pixel less":         labels(0, 0, 1, 0),
		"a segment beyond all": labels(0, 0, 0, 0, 1, 0, 1, 0, 2, 0, 2, 0, 9, 0, 1, 0),
	} {
		if _, err := Provenance(bytes.NewReader(data)); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func TestMeasuredInWords(t *testing.T) {
	p := testPage(t)
	text := p.measured(sampled().Result)
	for _, want := range []string{"3 segments", "0.87", "intercept 3"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
}
