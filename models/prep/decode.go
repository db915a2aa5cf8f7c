package prep

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// Limits bound what Decode accepts. The zero value means the defaults.
type Limits struct {
	// Pixels is the largest width x height; 100 million by default.
	Pixels int64
	// Bytes is the largest file; 512 MiB by default.
	Bytes int64
}

const (
	defaultPixels = 100_000_000
	defaultBytes  = 512 << 20
	// maxSide bounds the longer side alone, so that the weights of a resize
	// stay small whatever the aspect ratio. It is also JPEG's own limit.
	maxSide = 65_535
)

func (l Limits) orDefault() Limits {
	if l.Pixels <= 0 {
		l.Pixels = defaultPixels
	}
	if l.Bytes <= 0 {
		l.Bytes = defaultBytes
	}
	return l
}

// Picture is a decoded picture: upright (EXIF orientation applied), opaque,
// 8 bits a channel, its origin at (0,0).
type Picture struct {
	Image *image.RGBA
	// Format is "JPEG", "PNG", "GIF", "BMP", "TIFF" or "WebP".
	Format string
	// SHA256 is of the file's bytes, in lower-case hexadecimal.
	SHA256 string
	// Remarks say what was done to the picture on the way, in words.
	Remarks []Remark
}

// Remark is a sentence for a person: Key is its English format string, which
// is also the key of its translation, and Args are the arguments.
type Remark struct {
	Key  string `json:"key"`
	Args []any  `json:"args,omitempty"`
}

// String is the English sentence.
func (r Remark) String() string {
	if len(r.Args) == 0 {
		return r.Key
	}
	return fmt.Sprintf(r.Key, r.Args...)
}

// Open reads and decodes the picture file at path. Errors name the file.
func Open(path string, limits Limits) (Picture, error) {
	limits = limits.orDefault()
	name := filepath.Base(path)
	f, err := os.Open(path)
	if err != nil {
		return Picture{}, fmt.Errorf("picture %s: %w", name, errors.Unwrap(err))
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && st.IsDir() {
		return Picture{}, fmt.Errorf("picture %s: is a folder; choose the files in it", name)
	}
	data, err := io.ReadAll(io.LimitReader(f, limits.Bytes+1))
	if err != nil {
		return Picture{}, fmt.Errorf("picture %s: cannot be read: %w", name, err)
	}
	return Decode(name, data, limits)
}

// codec is one format: config reads the header alone.
type codec struct {
	title  string
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

var codecs = map[string]codec{
	"jpeg": {"JPEG", jpeg.DecodeConfig, jpeg.Decode},
	"png":  {"PNG", png.DecodeConfig, png.Decode},
	"gif":  {"GIF", gif.DecodeConfig, gif.Decode},
	"bmp":  {"BMP", bmp.DecodeConfig, bmp.Decode},
	"tiff": {"TIFF", tiff.DecodeConfig, tiff.Decode},
	"webp": {"WebP", webpConfig, webp.Decode},
}

// Decode turns the bytes of a picture file into a Picture. The format is told
// by the content, never by the name, which serves for messages only. Size is
// checked from the header before any pixel is allocated. It never panics:
// a decoder that does is reported as a damaged file.
func Decode(name string, data []byte, limits Limits) (pic Picture, err error) {
	limits = limits.orDefault()
	fault := Damaged
	fail := func(format string, args ...any) (Picture, error) {
		return Picture{}, faulty{fmt.Errorf("picture %s: "+format, append([]any{name}, args...)...), fault}
	}
	if int64(len(data)) > limits.Bytes {
		fault = TooLarge
		return fail("the file is larger than %d MB, the limit; save a smaller copy", limits.Bytes>>20)
	}
	kind, hint := sniff(data)
	if kind == "" {
		if fault = Unsupported; len(data) == 0 {
			fault = Empty
		}
		return fail("%s", hint)
	}
	c := codecs[kind]
	defer func() {
		if r := recover(); r != nil {
			pic, err = fail("the %s data are damaged (%v)", c.title, r)
		}
	}()
	// What is decoded: of a moving WebP, a still one of its first frame, with
	// the canvas around it.
	body, canvas, moves := data, image.Rectangle{}, false
	if kind == "webp" {
		if still, around, animated := firstFrame(data); animated {
			body, canvas, moves = still, around, true
		}
	}
	cfg, err := c.config(bytes.NewReader(body))
	if err != nil {
		return fail("the %s header cannot be read: %w", c.title, plain(err))
	}
	if moves {
		cfg.Width, cfg.Height = canvas.Dx(), canvas.Dy()
	}
	w, h := int64(cfg.Width), int64(cfg.Height)
	switch {
	case w <= 0 || h <= 0:
		return fail("the %s header gives a size of %d x %d pixels", c.title, w, h)
	case w > maxSide || h > maxSide:
		fault = TooLarge
		return fail("%d x %d pixels; the limit is %d on a side: save a smaller copy", w, h, maxSide)
	case w*h > limits.Pixels:
		fault = TooLarge
		return fail("%d x %d pixels are %.0f megapixels; the limit is %.0f: save a smaller copy",
			w, h, float64(w*h)/1e6, float64(limits.Pixels)/1e6)
	}
	img, err := c.decode(bytes.NewReader(body))
	if err != nil {
		return fail("the %s data cannot be read: %w", c.title, plain(err))
	}
	if b := img.Bounds(); int64(b.Dx())*int64(b.Dy()) > limits.Pixels || b.Empty() {
		return fail("the %s data hold %d x %d pixels, not what the header says", c.title, b.Dx(), b.Dy())
	}
	if r, odd := mislabelled(name, kind, c.title); odd {
		pic.Remarks = append(pic.Remarks, r)
	}
	if kind == "gif" && gifFrames(data) > 1 {
		pic.Remarks = append(pic.Remarks, Remark{Key: "The GIF is animated: its first frame is used."})
	}
	if moves {
		pic.Remarks = append(pic.Remarks, Remark{Key: "The WebP is animated: its first frame is used."})
	}
	frame := img.Bounds()
	if kind == "gif" {
		frame = image.Rect(0, 0, cfg.Width, cfg.Height)
	}
	tables := jpegColours
	if kind == "webp" {
		tables = webpColours
	}
	rgb, see := flatten(img, frame, tables)
	if moves {
		rgb = onCanvas(rgb, canvas)
	}
	if see {
		pic.Remarks = append(pic.Remarks, Remark{Key: "The picture is partly transparent: it was laid over white."})
	}
	if turn := orientation(kind, data); turn > 1 {
		rgb = upright(rgb, turn)
		pic.Remarks = append(pic.Remarks, Remark{Key: "The camera's orientation mark was applied."})
	}
	sum := sha256.Sum256(data)
	pic.Image, pic.Format, pic.SHA256 = rgb, c.title, hex.EncodeToString(sum[:])
	return pic, nil
}

// plain turns an end of file into words that say what it means here.
func plain(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the file ends too early (cut off?)")
	}
	return err
}
