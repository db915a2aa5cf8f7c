package onnx_test

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	goruntime "runtime"

	"google.golang.org/protobuf/proto"

	"seewhy/models/onnx"
	"seewhy/models/onnx/internal/pb"
)

func externalTensor(name, location string, offset, length int64, dims ...int64) *pb.Tensor {
	entry := func(k, v string) *pb.Entry { return &pb.Entry{Key: proto.String(k), Value: proto.String(v)} }
	t := &pb.Tensor{
		Name: proto.String(name), DataType: proto.Int32(1), Dims: dims, DataLocation: proto.Int32(1),
		ExternalData: []*pb.Entry{entry("location", location), entry("offset", strconv.FormatInt(offset, 10))},
	}
	if length >= 0 {
		t.ExternalData = append(t.ExternalData, entry("length", strconv.FormatInt(length, 10)))
	}
	return t
}

// externalModel writes a model with these weights into a folder of its own.
func externalModel(t testing.TB, weights ...*pb.Tensor) (path string) {
	t.Helper()
	data := wireModel(t, func(p *pb.Model) { p.Graph.Initializer = weights })
	path = filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func floatBytes(v ...float32) []byte {
	var out []byte
	for _, x := range v {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
	}
	return out
}

func writeBeside(t testing.TB, model, name string, data []byte) {
	t.Helper()
	path := filepath.Join(filepath.Dir(model), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestExternalDataIsRead(t *testing.T) {
	model := externalModel(t,
		externalTensor("a", "weights.bin", 0, 8, 2),
		externalTensor("b", "weights.bin", 8, -1, 3), // the length may be left out
		externalTensor("again", "./weights.bin", 0, 8, 2),
		externalTensor("matrix", "weights.bin", 0, 8, 1, 2),
		externalTensor("nested", "data/more.bin", 4, 4, 1),
		externalTensor("windows", `data\more.bin`, 0, 4, 1),
		externalTensor("empty", "weights.bin", 0, 0, 0, 4))
	writeBeside(t, model, "weights.bin", floatBytes(1, 2, 3, 4, 5))
	writeBeside(t, model, "data/more.bin", floatBytes(6, 7))
	m, err := onnx.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]float32{
		"a": {1, 2}, "b": {3, 4, 5}, "again": {1, 2}, "matrix": {1, 2}, "nested": {7}, "windows": {6}, "empty": {},
	} {
		got, err := m.Graph.Init[name].Floats()
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s = %v, %v, want %v", name, got, err, want)
		}
	}
	if &m.Graph.Init["a"].Raw[0] != &m.Graph.Init["again"].Raw[0] {
		t.Error("one region under two names is held twice")
	}
	// Written out, the weights are inside.
	inside, err := onnx.Read([]byte(marshal(t, m)))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := inside.Graph.Init["b"].Floats(); !slices.Equal(got, []float32{3, 4, 5}) {
		t.Errorf("after writing, b = %v", got)
	}
}

func TestHostileExternalData(t *testing.T) { hostileExternalData(t) }

// A mapped file is confined as one that is read.
func TestHostileMappedData(t *testing.T) {
	defer onnx.MapAbove(0)()
	hostileExternalData(t)
}

func hostileExternalData(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret.bin")
	if err := os.WriteFile(outside, floatBytes(1, 2, 3, 4), 0o600); err != nil {
		t.Fatal(err)
	}
	link := func(name, to string) func(string) error {
		return func(dir string) error { return os.Symlink(to, filepath.Join(dir, name)) }
	}
	nothing := func(string) error { return nil }
	one := func(location string, offset, length int64, dims ...int64) []*pb.Tensor {
		return []*pb.Tensor{externalTensor("w", location, offset, length, dims...)}
	}
	sliding := func(location string, n int) (out []*pb.Tensor) {
		for i := range n {
			out = append(out, externalTensor("w"+strconv.Itoa(i), location, int64(i), 8, 2))
		}
		return out
	}
	aliases := func() (out []*pb.Tensor) {
		for i := range 10 {
			out = append(out, externalTensor("w"+strconv.Itoa(i), strings.Repeat("./", i)+"w.bin", int64(i%2), 12, 3))
		}
		for i := range 10 {
			out = append(out, externalTensor("v"+strconv.Itoa(i), "w.bin", int64(i%2+2), 12, 3))
		}
		return out
	}
	noNumber := externalTensor("w", "w.bin", 0, 8, 2)
	noNumber.ExternalData[1].Value = proto.String("0x10")
	overflow := externalTensor("w", "w.bin", 0, 8, 2)
	overflow.ExternalData[1].Value = proto.String("99999999999999999999")
	for _, c := range []struct {
		name    string
		weights []*pb.Tensor
		prepare func(dir string) error
		want    string
	}{
		{"missing", one("gone.bin", 0, 8, 2), nothing, `tensor "w": its data file "gone.bin" is missing: copy it beside the model`},
		{"truncated", one("w.bin", 0, 32, 8), nothing, "holds 16 bytes, but 32 bytes from 0 on are asked for: the file is truncated"},
		{"absolute", one(outside, 0, 8, 2), nothing, "must lie in the model's folder"},
		{"parent", one("../secret.bin", 0, 8, 2), nothing, "must lie in the model's folder"},
		{"hidden parent", one("a/../../secret.bin", 0, 8, 2), nothing, "must lie in the model's folder"},
		{"parent, Windows", one(`..\secret.bin`, 0, 8, 2), nothing, "must lie in the model's folder"},
		{"link outside", one("link.bin", 0, 8, 2), link("link.bin", outside), "must lie in the model's folder"},
		{"linked folder", one("sub/secret.bin", 0, 8, 2), link("sub", filepath.Dir(outside)), "must lie in the model's folder"},
		{"link to itself", one("loop.bin", 0, 8, 2), link("loop.bin", "loop.bin"), "must lie in the model's folder"},
		{"folder", one("d", 0, 8, 2), func(dir string) error { return os.Mkdir(filepath.Join(dir, "d"), 0o700) }, "is no regular file"},
		{"the folder itself", one(".", 0, 8, 2), nothing, "is no regular file"},
		{"pipe", one("pipe", 0, 8, 2), pipe, "is no regular file"},
		{"no name", one("", 0, 8, 2), nothing, "it is external but names no file"},
		{"negative offset", one("w.bin", -8, 8, 2), nothing, "8 bytes from -8 on"},
		{"offset behind the end", one("w.bin", 17, 0, 0), nothing, "holds 16 bytes"},
		{"offset near overflow", one("w.bin", math.MaxInt64, 8, 2), nothing, "holds 16 bytes"},
		{"offset beyond 64 bits", []*pb.Tensor{overflow}, nothing, `its external entry "offset" is "99999999999999999999", which is no number`},
		{"offset in hex", []*pb.Tensor{noNumber}, nothing, `its external entry "offset" is "0x10", which is no number`},
		{"wrong length", one("w.bin", 0, 12, 2), nothing, "shape [2] needs 8 bytes, its external entry says 12"},
		{"huge", one("w.bin", 0, -1, 1<<33), nothing, "above 2 GB"},
		{"sliding window", sliding("w.bin", 8), nothing, `the weights overlap in "w.bin"`},
		{"one file by many names", aliases(), nothing, "the weights overlap"},
	} {
		t.Run(c.name, func(t *testing.T) {
			model := externalModel(t, c.weights...)
			writeBeside(t, model, "w.bin", floatBytes(1, 2, 3, 4))
			if err := c.prepare(filepath.Dir(model)); err != nil {
				t.Skip(err)
			}
			_, err := onnx.ReadFile(model)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

// A pipe in place of the model must not make the program wait for a writer.
func TestModelThatIsAPipe(t *testing.T) {
	dir := t.TempDir()
	if err := pipe(dir); err != nil {
		t.Skip(err)
	}
	_, err := onnx.ReadFile(filepath.Join(dir, "pipe"))
	if err == nil || !strings.Contains(err.Error(), "is no regular file but a pipe or a device") {
		t.Error(err)
	}
}

// A link inside the folder is fine, and names the same file.
func TestLinkInsideTheFolder(t *testing.T) {
	model := externalModel(t, externalTensor("w", "link.bin", 0, 8, 2), externalTensor("v", "w.bin", 0, 8, 2))
	writeBeside(t, model, "w.bin", floatBytes(1, 2))
	if err := os.Symlink("w.bin", filepath.Join(filepath.Dir(model), "link.bin")); err != nil {
		t.Skip(err)
	}
	m, err := onnx.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := m.Graph.Init["w"].Floats(); !slices.Equal(got, []float32{1, 2}) {
		t.Errorf("w = %v", got)
	}
}

// Only the region that is asked for is read: 3 GB of which 8 bytes are wanted.
func TestLargeSparseDataFile(t *testing.T) {
	model := externalModel(t, externalTensor("w", "w.bin", 3<<30-8, 8, 2))
	f, err := os.Create(filepath.Join(filepath.Dir(model), "w.bin"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(floatBytes(5, 6), 3<<30-8)
	if err2 := f.Close(); err != nil || err2 != nil {
		t.Skip("no room for a sparse file:", err, err2)
	}
	var before, after goruntime.MemStats
	debug.FreeOSMemory()
	goruntime.ReadMemStats(&before)
	m, err := onnx.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	goruntime.ReadMemStats(&after)
	if got, _ := m.Graph.Init["w"].Floats(); !slices.Equal(got, []float32{5, 6}) {
		t.Errorf("w = %v", got)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("reading 8 bytes of 3 GB allocated %d bytes", used)
	}
}

// What attributes take from data files is told apart: the initializers do not show it.
func TestBuriedWeightsAreNamed(t *testing.T) {
	data := wireModel(t, func(p *pb.Model) {
		p.Graph.Initializer = []*pb.Tensor{externalTensor("w", "w.bin", 0, 8, 2)}
		kind := int32(4)
		p.Graph.Node = append(p.Graph.Node, &pb.Node{
			OpType: proto.String("Constant"), Output: []string{"c"},
			Attribute: []*pb.Attribute{{Name: proto.String("value"), Type: &kind, T: externalTensor("", "w.bin", 4, 8, 2)}},
		})
	})
	model := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(model, data, 0o600); err != nil {
		t.Fatal(err)
	}
	writeBeside(t, model, "w.bin", floatBytes(1, 2, 3))
	m, err := onnx.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	if !m.External || m.Outside() || len(m.Buried) != 1 {
		t.Fatalf("external %v, outside %v, %d buried", m.External, m.Outside(), len(m.Buried))
	}
	if got, _ := m.Buried[0].Floats(); !slices.Equal(got, []float32{2, 3}) {
		t.Errorf("buried %v", got)
	}
}

func withExternal(p *pb.Model) {
	p.Graph.Initializer = []*pb.Tensor{externalTensor("w", "w.bin", 0, 8, 2)}
}

// Weights of a large data file are shown, not read; MarshalOutside leaves them
// where they are, and says where that is.
func TestMappedWeightsStayOutside(t *testing.T) {
	defer onnx.MapAbove(0)()
	model := externalModel(t,
		externalTensor("a", "weights.bin", 0, 4096, 1024), externalTensor("b", "./data/more.bin", 8, 8, 2), externalTensor("again", "weights.bin", 0, 4096, 1024))
	big := make([]float32, 1024)
	big[7] = 3
	writeBeside(t, model, "weights.bin", floatBytes(big...))
	writeBeside(t, model, "data/more.bin", floatBytes(1, 2, 5, 6))
	m, err := onnx.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := m.Graph.Init["b"].Floats(); !slices.Equal(got, []float32{5, 6}) || !m.Outside() {
		t.Errorf("b = %v, outside %v", got, m.Outside())
	}
	data, folder, err := onnx.MarshalOutside(m)
	if err != nil {
		t.Fatal(err)
	}
	if folder != filepath.Dir(model) || len(data) > 2048 {
		t.Errorf("%d bytes, weights in %q", len(data), folder)
	}
	// What was written names the same places: in the folder it reads the same.
	again := filepath.Join(folder, "again.onnx")
	if err := os.WriteFile(again, data, 0o600); err != nil {
		t.Fatal(err)
	}
	copied, err := onnx.ReadFile(again)
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range m.Graph.Init {
		if !slices.Equal(copied.Graph.Init[name].Raw, w.Raw) {
			t.Errorf("%q differs", name)
		}
	}
	if whole, err := onnx.Marshal(m); err != nil || len(whole) < 2*4096 {
		t.Errorf("with all weights inside it takes %d bytes, %v", len(whole), err)
	}
}
