package onnx

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"seewhy/models/onnx/internal/pb"
)

// folder is what external data is read from: an *os.Root, which follows no
// link that leads outside.
type folder interface {
	Open(name string) (*os.File, error)
	Stat(name string) (fs.FileInfo, error)
}

// mapAbove is the size of all external weights together above which their
// files are mapped instead of read: such a model, and what is derived from it,
// would not fit into the 2 GB of one message. Others are read, which a
// file that is cut short meanwhile cannot harm, and which runs faster.
var mapAbove int64 = 3 << 29

// maxOutside bounds the weights that lie in mapped files.
const maxOutside = 64 << 30

// place is where a weight lies in a data file, for the runtime to read it from.
type place struct {
	// name is relative to the model's folder, with slashes.
	name  string
	start int64
}

// external reads data files inside one folder, each region once.
type external struct {
	fs      folder
	regions map[region][]byte
	files   []*dataFile
	byName  map[string]*dataFile
	// mapping says that files are mapped; outside counts the bytes of their regions.
	mapping bool
	outside int64
	// tensors are all that lie in data files, as they were met.
	tensors []*Tensor
}

// weighs decides how the external weights of a graph are held.
func (e *external) weighs(list []*pb.Tensor) {
	total := int64(0)
	for _, t := range list {
		if t.GetDataLocation() != 1 {
			continue
		}
		if n, err := elements(t.Dims); err == nil {
			total = plus(total, times(n, int64(Type(t.GetDataType()).Size())))
		}
	}
	e.mapping = total > mapAbove
}

// dataFile is one file under all its names. Weights that share a region are
// allowed; read counts the bytes of distinct regions, so that overlapping ones cannot
// make a small file into much memory.
type dataFile struct {
	info fs.FileInfo
	read int64
	// mapped is the whole file, where it is mapped.
	mapped []byte
}

type region struct {
	file        *dataFile
	start, size int64
}

func (c *reader) externalTensor(p *pb.Tensor, size int64, claim func() error) ([]byte, *place, error) {
	var location string
	start, length := int64(0), size
	for _, e := range p.ExternalData {
		var err error
		switch e.GetKey() {
		case "location":
			location = e.GetValue()
		case "offset":
			start, err = strconv.ParseInt(e.GetValue(), 10, 64)
		case "length":
			length, err = strconv.ParseInt(e.GetValue(), 10, 64)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("its external entry %q is %q, which is no number", e.GetKey(), e.GetValue())
		}
	}
	if location == "" {
		return nil, nil, errors.New("it is external but names no file")
	}
	if length != size {
		return nil, nil, fmt.Errorf("shape %v needs %d bytes, its external entry says %d", p.Dims, size, length)
	}
	return c.ext.load(location, start, size, claim)
}

// load gives a region's bytes, and its place where the file is mapped; claim is
// asked before bytes are held in memory.
func (e *external) load(location string, start, size int64, claim func() error) ([]byte, *place, error) {
	if e.fs == nil {
		return nil, nil, errors.New("the weights lie in an external file, which is not at hand; open the model from its folder")
	}
	// Exporters on Windows write its separator.
	name := path.Clean(strings.ReplaceAll(location, `\`, "/"))
	file, err := e.file(name)
	if err != nil {
		return nil, nil, err
	}
	total := file.info.Size()
	if start < 0 || start > total || size > total-start {
		return nil, nil, fmt.Errorf("its data file %q holds %d bytes, but %d bytes from %d on are asked for: the file is truncated or belongs to another model", location, total, size, start)
	}
	key := region{file, start, size}
	if b, ok := e.regions[key]; ok {
		if file.mapped == nil {
			err = claim()
		}
		return b, file.place(name, start), err
	}
	if file.read += size; file.read > 2*total {
		return nil, nil, fmt.Errorf("the weights overlap in %q: this is no file that an exporter wrote", location)
	}
	f, err := e.fs.Open(name)
	if err != nil {
		return nil, nil, unusable(location, err)
	}
	defer f.Close()
	if file.mapped == nil && e.mapping && total > 0 {
		// Where mapping is not offered, the file is read as a small one is.
		file.mapped, _ = mapFile(f, total)
	}
	if file.mapped != nil {
		if e.outside += size; e.outside > maxOutside {
			return nil, nil, fmt.Errorf("the weights in data files are above %d GB together", int64(maxOutside)>>30)
		}
		b := file.mapped[start : start+size : start+size]
		e.regions[key] = b
		return b, file.place(name, start), nil
	}
	if err := claim(); err != nil {
		return nil, nil, err
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(io.NewSectionReader(f, start, size), b); err != nil {
		return nil, nil, fmt.Errorf("its data file %q: %w", location, err)
	}
	e.regions[key] = b
	return b, nil, nil
}

func (f *dataFile) place(name string, start int64) *place {
	if f.mapped == nil {
		return nil
	}
	return &place{name, start}
}

// file looks a name up without opening it: opening a pipe would wait for
// ever. Two names of one file give the same dataFile.
func (e *external) file(name string) (*dataFile, error) {
	if f := e.byName[name]; f != nil {
		return f, nil
	}
	if e.byName == nil {
		e.regions, e.byName = map[region][]byte{}, map[string]*dataFile{}
	}
	info, err := e.fs.Stat(name)
	if err != nil {
		return nil, unusable(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("its data file %q is no regular file", name)
	}
	for _, f := range e.files {
		if os.SameFile(f.info, info) {
			e.byName[name] = f
			return f, nil
		}
	}
	f := &dataFile{info: info}
	e.files, e.byName[name] = append(e.files, f), f
	return f, nil
}

func unusable(location string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("its data file %q is missing: copy it beside the model", location)
	}
	return fmt.Errorf("its data file %q cannot be used (it must lie in the model's folder): %w", location, err)
}
