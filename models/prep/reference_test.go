package prep

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/disintegration/imaging"
)

// synthetic is the picture that testdata/reference.py draws by the same formula.
func synthetic(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			p := img.Pix[img.PixOffset(x, y):]
			p[0] = uint8(x*7 + y*3 + x*y/5 + (x/3+y/4)%2*90)
			p[1] = uint8(x*x/3 + y*11 + (x^y)%7*21)
			p[2] = uint8(x*2 + y*y/2 + (x*5+y*9)%23*10)
			p[3] = 255
		}
	}
	return img
}

type reference struct {
	Name                string
	Width, Height       int
	Spec                Spec
	OutWidth, OutHeight int
	Pixels              string
	Step                int
	Values              []float32
}

func references(t testing.TB) []reference {
	f, err := os.Open("testdata/cases.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []reference }
	if err := json.NewDecoder(z).Decode(&file); err != nil {
		t.Fatal(err)
	}
	return file.Cases
}

// TestEqualsPillow holds every filter, mode and rounding to what Pillow made
// of the same pixels: equal to the last bit, so there is no tolerance.
func TestEqualsPillow(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic on whole pictures or models: scripts/test.sh runs it without the race detector")
	}
	for _, c := range references(t) {
		t.Run(c.Name, func(t *testing.T) {
			img := synthetic(c.Width, c.Height)
			x, _, err := Apply(img, c.Spec, NCHW)
			if err != nil {
				t.Fatal(err)
			}
			channels := c.Spec.Channels.Count()
			if x.Shape[0] != 1 || x.Shape[1] != channels || x.Shape[2] != c.OutHeight || x.Shape[3] != c.OutWidth {
				t.Fatalf("shape %v, want [1 %d %d %d]", x.Shape, channels, c.OutHeight, c.OutWidth)
			}
			want, err := base64.StdEncoding.DecodeString(c.Pixels)
			if err != nil {
				t.Fatal(err)
			}
			wrong := 0
			for ch := range channels {
				table := c.Spec.table(ch)
				from := ch
				if c.Spec.Channels == BGR {
					from = 2 - ch
				}
				for i := range c.OutWidth * c.OutHeight {
					p := want[i*channels+from]
					if c.Spec.Invert {
						p = 255 - p
					}
					if got := x.Data[ch*c.OutWidth*c.OutHeight+i]; got != table[p] {
						if wrong++; wrong < 4 {
							t.Errorf("channel %d, pixel (%d,%d): %v, Pillow has %v", ch, i%c.OutWidth, i/c.OutWidth, got, table[p])
						}
					}
				}
			}
			for i, v := range c.Values {
				if got := x.Data[i*c.Step]; got != v {
					t.Errorf("value %d: %v, numpy has %v", i*c.Step, got, v)
				}
			}
			if wrong > 0 {
				t.Errorf("%d of %d values differ", wrong, len(x.Data))
			}
		})
	}
}

// TestNHWCIsTransposed: the layouts hold the same values.
func TestNHWCIsTransposed(t *testing.T) {
	for _, c := range references(t) {
		img := synthetic(c.Width, c.Height)
		a, ra, err := Apply(img, c.Spec, NCHW)
		if err != nil {
			t.Fatal(err)
		}
		b, rb, err := Apply(img, c.Spec, NHWC)
		if err != nil {
			t.Fatal(err)
		}
		if ra != rb {
			t.Fatalf("%s: regions %v and %v", c.Name, ra, rb)
		}
		n, h, w := a.Shape[1], a.Shape[2], a.Shape[3]
		for i, v := range b.Data {
			if ch, p := i%n, i/n; a.Data[ch*h*w+p] != v {
				t.Fatalf("%s: NHWC[%d] = %v, NCHW has %v", c.Name, i, v, a.Data[ch*h*w+p])
			}
		}
	}
}

// TestRealPicturesEqualTorchvision measures, on the shared photographs, what
// docs/preprocessing.md states. It needs a Python with Pillow, and runs
// torchvision's own transforms where that is installed:
//
//	SEEWHY_PYTHON=python3 go test ./models/prep -run TestRealPictures -v
func TestRealPicturesEqualTorchvision(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic on whole pictures or models: scripts/test.sh runs it without the race detector")
	}
	python := os.Getenv("SEEWHY_PYTHON")
	if python == "" {
		t.Skip("SEEWHY_PYTHON names no Python with Pillow")
	}
	paths := sharedPictures(t)
	for _, id := range []string{"imagenet-torchvision", "half", "imagenet-caffe-bgr", "grey-signed"} {
		p, _ := PresetByID(id)
		spec := p.Spec(Size{224, 224})
		text, _ := json.Marshal(spec)
		var list strings.Builder
		for _, path := range paths {
			fmt.Fprintf(&list, "%s\t%s\n", text, path)
		}
		file := filepath.Join(t.TempDir(), "list.tsv")
		if err := os.WriteFile(file, []byte(list.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(python, "testdata/reference.py", "files", file)
		cmd.Stderr = os.Stderr
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReaderSize(stdout, 1<<20)
		var worst, worstFile, worstAverage, worstDecode, worstImaging float64
		decodedEqual := 0
		with := ""
		for _, path := range paths {
			line, err := in.ReadBytes('\n')
			if err != nil {
				t.Fatal(err)
			}
			var head struct {
				Width, Height int
				Shape         []int
				With          string
			}
			if err := json.Unmarshal(line, &head); err != nil {
				t.Fatal(err)
			}
			with = head.With
			theirs := image.NewRGBA(image.Rect(0, 0, head.Width, head.Height))
			packed := make([]byte, 3*head.Width*head.Height)
			if _, err := io.ReadFull(in, packed); err != nil {
				t.Fatal(err)
			}
			for i := range head.Width * head.Height {
				copy(theirs.Pix[4*i:4*i+3], packed[3*i:])
				theirs.Pix[4*i+3] = 255
			}
			want := make([]float32, head.Shape[0]*head.Shape[1]*head.Shape[2])
			if err := binary.Read(in, binary.LittleEndian, want); err != nil {
				t.Fatal(err)
			}
			pic, err := Open(path, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if pic.Image.Rect != theirs.Rect {
				t.Fatalf("%s: %v, Pillow has %v", path, pic.Image.Rect, theirs.Rect)
			}
			d := 0.0
			for i, v := range pic.Image.Pix {
				d = max(d, math.Abs(float64(v)-float64(theirs.Pix[i])))
			}
			if d == 0 {
				decodedEqual++
			}
			worstDecode = max(worstDecode, d)
			same, _ := pixelDifference(t, theirs, spec, want)
			worst = max(worst, same)
			fromFile, average := pixelDifference(t, pic.Image, spec, want)
			worstFile, worstAverage = max(worstFile, fromFile), max(worstAverage, average)
			if spec.Channels == RGB {
				worstImaging = max(worstImaging, imagingDifference(theirs, spec, want))
			}
		}
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s by %s, %d pictures, in grey levels of 255: from the same pixels %.6f; from the same file %.2f, in the mean of a picture %.3f; decoded alike %d, at most %.0f apart; imaging's Resize in place of ours %.2f",
			id, with, len(paths), worst, worstFile, worstAverage, decodedEqual, worstDecode, worstImaging)
		// float32 steps of Normalize may be rounded in another order by torch:
		// a thousandth of a grey level. No shared picture is more than twice as
		// tall as wide, where Pillow 13 takes the other order of axes.
		const tolerance = 1e-3
		if worst > tolerance {
			t.Errorf("%s: %.4f/255 from the same pixels", id, worst)
		}
		// Two right JPEG decoders may differ by one in luma and in chroma: at most
		// 1 + 1.772 levels, which the overshoot of bicubic can raise to 4.
		if worstFile > 4+tolerance {
			t.Errorf("%s: %.4f/255 from the same file", id, worstFile)
		}
	}
}

// pixelDifference is the largest and the mean difference of Apply from want,
// in grey levels.
func pixelDifference(t *testing.T, img image.Image, s Spec, want []float32) (worst, mean float64) {
	x, _, err := Apply(img, s, NCHW)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Data) != len(want) {
		t.Fatalf("%d values, want %d", len(x.Data), len(want))
	}
	plane := len(want) / s.Channels.Count()
	for i, v := range x.Data {
		_, std := s.stats(i / plane)
		d := math.Abs(float64(v)-float64(want[i])) * std / s.Scale
		worst, mean = max(worst, d), mean+d/float64(len(want))
	}
	return worst, mean
}

// imagingDifference is what the same would be with imaging's resampler.
func imagingDifference(img *image.RGBA, s Spec, want []float32) float64 {
	f, err := s.frame(img.Rect.Dx(), img.Rect.Dy())
	if err != nil {
		return math.NaN()
	}
	kernel := imaging.Linear
	if s.Resize.filter() == "bicubic" {
		kernel = imaging.CatmullRom
	}
	small := imaging.Crop(imaging.Resize(img, f.scaled.X, f.scaled.Y, kernel), f.out)
	worst, plane := 0.0, small.Rect.Dx()*small.Rect.Dy()
	for i := range want {
		c := i / plane
		mean, std := s.stats(c)
		p := (float64(want[i])*std + mean) / s.Scale
		worst = max(worst, math.Abs(p-float64(small.Pix[i%plane*4+c])))
	}
	return worst
}

// sharedPictures lists the picture files of the shared photographs.
func sharedPictures(t testing.TB) []string {
	root := filepath.Join("..", "..", "..", "shared", "images")
	if _, err := os.Stat(root); err != nil {
		t.Skip("no ../shared/images beside the repository")
	}
	var paths []string
	err := filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		switch strings.ToLower(filepath.Ext(path)) {
		case ".jpg", ".jpeg", ".jfif", ".png", ".bmp", ".gif", ".tif", ".webp":
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// TestSharedPicturesOpen: every shared photograph opens as what it is.
func TestSharedPicturesOpen(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic on whole pictures or models: scripts/test.sh runs it without the race detector")
	}
	for _, path := range sharedPictures(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			pic, err := Open(path, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if !pic.Image.Opaque() || pic.Image.Rect.Min != (image.Point{}) || len(pic.SHA256) != 64 {
				t.Errorf("opaque %v, %v, %q", pic.Image.Opaque(), pic.Image.Rect, pic.SHA256)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if jpeg := bytes.HasPrefix(data, []byte{0xff, 0xd8}); jpeg != (pic.Format == "JPEG") {
				t.Errorf("format %s", pic.Format)
			}
		})
	}
}
