package report

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

type weight int

const (
	regular weight = iota
	medium
	bold
	mono
)

var latin = sync.OnceValues(func() ([4]*sfnt.Font, error) {
	var out [4]*sfnt.Font
	for i, data := range [4][]byte{goregular.TTF, gomedium.TTF, gobold.TTF, gomono.TTF} {
		f, err := opentype.Parse(data)
		if err != nil {
			return out, fmt.Errorf("report: built-in font %d: %w", i, err)
		}
		out[i] = f
	}
	return out, nil
})

// fonts gives faces for one page; it is not safe for two goroutines.
type fonts struct {
	latin  [4]*sfnt.Font
	cjk    *sfnt.Font
	faces  map[faceKey]font.Face
	glyphs sfnt.Buffer
}

type faceKey struct {
	font *sfnt.Font
	size float64
}

// loadFonts prepares the built-in fonts and the CJK font at path, which may
// be empty. A CJK font that cannot be read counts as none: a report must not
// fail over a font.
func loadFonts(path string) (*fonts, error) {
	l, err := latin()
	if err != nil {
		return nil, err
	}
	return &fonts{latin: l, cjk: openCJK(path), faces: map[faceKey]font.Face{}}, nil
}

// maxFont bounds the font file that is read; Noto Sans CJK has 20 MB.
const maxFont = 128 << 20

var cjkCache sync.Map

func openCJK(path string) *sfnt.Font {
	if path == "" {
		return nil
	}
	if f, ok := cjkCache.Load(path); ok {
		return f.(*sfnt.Font)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > maxFont {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	collection, err := opentype.ParseCollection(data)
	if err != nil {
		return nil
	}
	f, err := collection.Font(0)
	if err != nil {
		return nil
	}
	cjkCache.Store(path, f)
	return f
}

func (f *fonts) has(font *sfnt.Font, r rune) bool {
	if font == nil {
		return false
	}
	i, err := font.GlyphIndex(&f.glyphs, r)
	return err == nil && i != 0
}

// fontOf is the font that can draw r in weight w; nil if there is none.
func (f *fonts) fontOf(w weight, r rune) *sfnt.Font {
	for _, candidate := range [3]*sfnt.Font{f.latin[w], f.latin[regular], f.cjk} {
		if f.has(candidate, r) {
			return candidate
		}
	}
	return nil
}

// covers says whether every character of s can be drawn.
func (f *fonts) covers(s string) bool {
	for _, r := range s {
		if f.fontOf(regular, r) == nil {
			return false
		}
	}
	return true
}

func (f *fonts) face(font *sfnt.Font, size float64) (font.Face, error) {
	key := faceKey{font, size}
	if face, ok := f.faces[key]; ok {
		return face, nil
	}
	face, err := opentype.NewFace(font, &opentype.FaceOptions{Size: size, DPI: 72})
	if err != nil {
		return nil, fmt.Errorf("report: font: %w", err)
	}
	f.faces[key] = face
	return face, nil
}

// cjkNames are file names (lower case) of fonts with Simplified Chinese, best
// for small text first.
var cjkNames = []string{
	"notosanscjk-regular.ttc", "notosanscjksc-regular.otf", "notosanssc-regular.otf", "notosanssc-regular.ttf",
	"sourcehansanssc-regular.otf", "sourcehansans-regular.ttc", "sourcehansanscn-regular.otf",
	"hiragino sans gb.ttc", "stheiti light.ttc", "msyh.ttc", "msyh.ttf", "deng.ttf", "simhei.ttf", "simsun.ttc",
	"wqy-microhei.ttc", "wqy-zenhei.ttc", "droidsansfallbackfull.ttf", "droidsansfallback.ttf", "uming.ttc", "arial unicode.ttf",
}

// FindCJK looks through the system's and the user's font folders once and
// returns the best font with Chinese characters, or "".
var FindCJK = sync.OnceValue(func() string { return findCJK(fontFolders()) })

func fontFolders() []string {
	home, _ := os.UserHomeDir()
	switch runtime.GOOS {
	case "windows":
		return []string{filepath.Join(os.Getenv("WINDIR"), "Fonts"), filepath.Join(os.Getenv("LOCALAPPDATA"), "Microsoft", "Windows", "Fonts")}
	case "darwin":
		return []string{"/System/Library/Fonts", "/Library/Fonts", filepath.Join(home, "Library", "Fonts")}
	}
	return []string{"/usr/share/fonts", "/usr/local/share/fonts", filepath.Join(home, ".local", "share", "fonts"), filepath.Join(home, ".fonts")}
}

// maxFontFiles bounds the walk through font folders.
const maxFontFiles = 50000

func findCJK(folders []string) string {
	best, rank, seen := "", len(cjkNames), 0
	for _, folder := range folders {
		if !filepath.IsAbs(folder) {
			continue
		}
		// Unreadable folders are skipped: fonts are a nicety.
		_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if seen++; seen > maxFontFiles {
				return fs.SkipAll
			}
			if err != nil || entry.IsDir() {
				return nil
			}
			name := strings.ToLower(entry.Name())
			for i, candidate := range cjkNames[:rank] {
				if name == candidate && openCJK(path) != nil {
					best, rank = path, i
					break
				}
			}
			return nil
		})
	}
	return best
}
