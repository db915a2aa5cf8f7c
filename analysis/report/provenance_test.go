package report

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"reflect"
	"strings"
	"testing"

	"seewhy/analysis/task"
)

func file(t testing.TB, in Input) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := PNG(&out, in); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// small is a PNG with the provenance of in but a picture of four pixels.
func small(t testing.TB, in Input) []byte {
	t.Helper()
	s, err := newSubject(in)
	if err != nil {
		t.Fatal(err)
	}
	chunks, err := provenanceChunks([]*subject{s})
	if err != nil {
		t.Fatal(err)
	}
	return with(t, chunks...)
}

func TestProvenanceRoundTrip(t *testing.T) {
	in := sample(40, 30)
	data := file(t, in)
	records, err := Provenance(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	want := in.Result
	want.Task.Model.Path, want.Task.Image.Path = "net.onnx", "cat.jpg"
	if got := records[0]; !reflect.DeepEqual(got.Result, want) {
		t.Errorf("read back\n%+v\nwant\n%+v", got.Result, want)
	}
	if got := records[0]; got.Style != in.Style || got.ModelTitle != "Test net" || got.MethodTitle != "Grad-CAM" {
		t.Errorf("style %+v, titles %q %q", got.Style, got.ModelTitle, got.MethodTitle)
	}
	if bytes.Contains(data, []byte("secret")) {
		t.Error("the author's folders are in the file")
	}
}

func TestLargeMapsAreLeftOut(t *testing.T) {
	for _, side := range []int{512, 513} {
		in := sample(40, 30)
		in.Result.Map = task.Map{Width: side, Height: side, Values: make([]float32, side*side)}
		for i := range in.Result.Map.Values {
			in.Result.Map.Values[i] = float32(i % 89)
		}
		records, err := Provenance(bytes.NewReader(small(t, in)))
		if err != nil {
			t.Fatal(err)
		}
		m := records[0].Result.Map
		if m.Width != side || m.Height != side || (m.Values != nil) != (side == 512) {
			t.Errorf("side %d: %d x %d with %d values", side, m.Width, m.Height, len(m.Values))
		}
	}
}

// texts lists a PNG's text chunks by walking it anew.
func texts(t *testing.T, data []byte) map[string]string {
	t.Helper()
	out := map[string]string{}
	for at := 8; at < len(data); {
		n := int(binary.BigEndian.Uint32(data[at:]))
		body := data[at+8 : at+8+n]
		if sum := binary.BigEndian.Uint32(data[at+8+n:]); sum != crc32.ChecksumIEEE(data[at+4:at+8+n]) {
			t.Fatalf("chunk %q has a wrong checksum", data[at+4:at+8])
		}
		if key, text, ok := bytes.Cut(body, []byte{0}); ok && strings.HasSuffix(string(data[at+4:at+8]), "TXt") || string(data[at+4:at+8]) == "tEXt" {
			out[string(key)] = string(text)
		}
		at += 12 + n
	}
	return out
}

func TestChunksThatOtherProgramsRead(t *testing.T) {
	in := sample(40, 30)
	in.Result.Target.Label = "猫 cat"
	got := texts(t, small(t, in))
	if got["Software"] != "SeeWhy 0.1.0" || got["Title"] != "Why ? cat" || got["Creation Time"] != "Mon, 23 Nov 2026 15:04:05 +0000" {
		t.Errorf("texts %q", got)
	}
	if !strings.HasPrefix(got[keyTask], "\x00\x00\x00\x00{\"schema\":1") {
		t.Errorf("the task is %.40q", got[keyTask])
	}
}

// with puts chunks into a small PNG.
func with(t testing.TB, chunks ...chunk) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&chunkInserter{w: &out, chunks: chunks}, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func packed(t testing.TB, keyword string, text []byte) chunk {
	t.Helper()
	c, err := packedText(keyword, text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestProvenanceOfForeignFiles(t *testing.T) {
	for name, data := range map[string][]byte{
		"nothing": nil, "text": []byte("hello, this is not a picture"), "a plain PNG": with(t),
		"other texts": with(t, plainText("Comment", "hi"), chunk{"tEXt", []byte("no separator")}, chunk{"iTXt", nil}, chunk{"zTXt", []byte("Raw\x00\x07")}),
	} {
		if _, err := Provenance(bytes.NewReader(data)); !errors.Is(err, ErrNone) {
			t.Errorf("%s: %v, want ErrNone", name, err)
		}
	}
}

func TestProvenanceRefuses(t *testing.T) {
	goodTask, goodResult := utf8Text(keyTask, []byte(`{"schema":1}`)), utf8Text(keyResult, []byte(`{"map":{"width":2,"height":1}}`))
	if records, err := Provenance(bytes.NewReader(with(t, goodTask, goodResult, packed(t, keyMap, []byte("AAAAAAAAgD8="))))); err != nil || records[0].Result.Map.Values[1] != 1 {
		t.Fatalf("the smallest good file: %v", err)
	}
	whole := small(t, sample(20, 20))
	flipped := bytes.Clone(whole)
	flipped[bytes.Index(flipped, []byte(keyTask))+40] ^= 1
	many := make([]chunk, 0, 20)
	for range MaxCompared + 1 {
		many = append(many, goodTask, goodResult)
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"flipped bit":     {flipped, "checksum"},
		"cut":             {whole[:len(whole)/2], "cut short"},
		"newer":           {with(t, utf8Text(keyTask, []byte(`{"schema":99}`))), "newer"},
		"task alone":      {with(t, goodTask), "no result"},
		"result alone":    {with(t, goodResult), "no task"},
		"map alone":       {with(t, packed(t, keyMap, nil)), "no result"},
		"not JSON":        {with(t, utf8Text(keyTask, []byte(`{`))), "task"},
		"result not JSON": {with(t, goodTask, utf8Text(keyResult, []byte(`[`))), "result"},
		"no cells":        {with(t, goodTask, utf8Text(keyResult, []byte(`{}`))), "cells"},
		"huge map":        {with(t, goodTask, utf8Text(keyResult, []byte(`{"map":{"width":9000000000000000000,"height":9}}`))), "cells"},
		"short map":       {with(t, goodTask, goodResult, packed(t, keyMap, []byte("AAAA"))), "bytes"},
		"not base64":      {with(t, goodTask, goodResult, packed(t, keyMap, []byte("!"))), "map"},
		"too many":        {with(t, many...), "more than"},
		"bomb":            {with(t, goodTask, goodResult, packed(t, keyMap, make([]byte, maxTextData+1))), "unpacks to more"},
		"not packed":      {with(t, chunk{"zTXt", []byte(keyMap + "\x00\x00junk")}), "unpacked"},
		"unknown packing": {with(t, chunk{"zTXt", []byte(keyMap + "\x00\x09junk")}), "unknown way"},
		"iTXt cut":        {with(t, chunk{"iTXt", []byte(keyTask + "\x00\x00\x00en")}), "malformed"},
		"large text":      {append([]byte(pngSignature), "\x7f\xff\xff\xfftEXt"...), "more than is sensible"},
		"endless":         {append([]byte(pngSignature), "\x7f\xff\xff\xffIDATabc"...), "cut short"},
	} {
		if _, err := Provenance(bytes.NewReader(c.data)); err == nil || errors.Is(err, ErrNone) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		}
	}
}

func TestCompressedITXtIsRead(t *testing.T) {
	body := packed(t, "x", []byte(`{"schema":1}`)).data[3:]
	c := chunk{"iTXt", append([]byte(keyTask+"\x00\x01\x00en\x00Aufgabe\x00"), body...)}
	if _, err := Provenance(bytes.NewReader(with(t, c, utf8Text(keyResult, []byte(`{"map":{"width":1,"height":1}}`))))); err != nil {
		t.Error(err)
	}
}

func FuzzProvenance(f *testing.F) {
	f.Add(small(f, sample(2, 2)))
	f.Add(with(f, utf8Text(keyTask, []byte(`{"schema":1}`)), utf8Text(keyResult, []byte(`{"map":{"width":1,"height":1},"notes":[{"key":"%d","args":[1]}]}`)), packed(f, keyMap, []byte("AAAAAA=="))))
	f.Add([]byte(pngSignature))
	f.Fuzz(func(t *testing.T, data []byte) {
		records, err := Provenance(bytes.NewReader(data))
		if err == nil && len(records) == 0 {
			t.Error("neither records nor an error")
		}
		for _, r := range records {
			if m := r.Result.Map; m.Values != nil && len(m.Values) != m.Width*m.Height {
				t.Errorf("a map of %d x %d with %d values", m.Width, m.Height, len(m.Values))
			}
		}
	})
}

// FuzzText feeds the chunk's contents past the checksum, which random bytes
// seldom pass.
func FuzzText(f *testing.F) {
	f.Add("iTXt", []byte(keyTask+"\x00\x00\x00\x00\x00{\"schema\":1}"))
	f.Add("zTXt", packed(f, keyMap, []byte("AAAAAA==")).data)
	f.Add("tEXt", []byte(keyResult+"\x00{}"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if name != "iTXt" && name != "zTXt" && name != "tEXt" {
			return
		}
		good := []chunk{utf8Text(keyTask, []byte(`{"schema":1}`)), utf8Text(keyResult, []byte(`{"map":{"width":1,"height":1}}`))}
		for _, before := range [][]chunk{nil, good[:1], good} {
			_, _ = Provenance(bytes.NewReader(with(t, append(before, chunk{name, data})...)))
		}
	})
}

// Writes and reads of one byte at a time must be no different.
func TestChunkInserterTakesSmallWrites(t *testing.T) {
	whole := small(t, sample(8, 8))
	var plain, out bytes.Buffer
	if err := png.Encode(&plain, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	w := &chunkInserter{w: &out, chunks: []chunk{plainText("Software", "SeeWhy")}}
	for _, b := range plain.Bytes() {
		if n, err := w.Write([]byte{b}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if _, err := png.Decode(bytes.NewReader(out.Bytes())); err != nil || texts(t, out.Bytes())["Software"] != "SeeWhy" {
		t.Errorf("small writes: %v", err)
	}
	if _, err := Provenance(&oneByte{whole}); err != nil {
		t.Errorf("small reads: %v", err)
	}
}

type oneByte struct{ rest []byte }

func (o *oneByte) Read(p []byte) (int, error) {
	if len(o.rest) == 0 {
		return 0, io.EOF
	}
	p[0], o.rest = o.rest[0], o.rest[1:]
	return 1, nil
}
