package prep

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/image/webp"
)

// sniff tells the format by the first bytes: a key of codecs, or "" and a
// hint that says what the file seems to be instead.
func sniff(data []byte) (kind, hint string) {
	has := func(offset int, magic string) bool {
		return len(data) >= offset+len(magic) && string(data[offset:offset+len(magic)]) == magic
	}
	const save = ", which is not read here; save it as JPEG or PNG"
	switch {
	case len(data) == 0:
		return "", "the file is empty (0 bytes)"
	case has(0, "\xff\xd8\xff"):
		return "jpeg", ""
	case has(0, "\x89PNG\r\n\x1a\n"):
		return "png", ""
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return "gif", ""
	case has(0, "RIFF") && has(8, "WEBP"):
		return "webp", ""
	case has(0, "II*\x00"), has(0, "MM\x00*"):
		return "tiff", ""
	case has(0, "BM") && len(data) >= 26:
		return "bmp", ""
	case has(4, "ftypavif"), has(4, "ftypavis"):
		return "", "this is an AVIF picture" + save
	case has(4, "ftyp"):
		return "", "this is a HEIC picture or a video" + save
	case has(0, "\xff\x0a"), has(4, "JXL \r\n"):
		return "", "this is a JPEG XL picture" + save
	case has(4, "jP  \r\n"):
		return "", "this is a JPEG 2000 picture" + save
	case has(0, "%PDF"):
		return "", "this is a PDF document; export the page as PNG"
	case has(128, "DICM"):
		return "", "this is a DICOM picture; export it as PNG"
	}
	head := data[:min(len(data), 512)]
	if bytes.Contains(head, []byte("<svg")) {
		return "", "this is an SVG drawing; export it as PNG"
	}
	if text := strings.ToLower(string(head)); strings.Contains(text, "<!doctype html") || strings.Contains(text, "<html") {
		return "", "this is a web page, not a picture; save the picture itself"
	}
	if isText(head) {
		return "", "this is a text file, not a picture"
	}
	return "", "not a picture that can be read (JPEG, PNG, GIF, BMP, TIFF and WebP are)"
}

func isText(head []byte) bool {
	// A rune cut by the end of head is no reason to say "not text".
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		if r == utf8.RuneError && n == 1 && len(head) >= utf8.UTFMax {
			return false
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' {
			return false
		}
		head = head[n:]
	}
	return true
}

// mislabelled tells whether name's extension belongs to another format.
func mislabelled(name, kind, title string) (Remark, bool) {
	ext := strings.ToLower(filepath.Ext(name))
	owner, known := map[string]string{
		".jpg": "jpeg", ".jpeg": "jpeg", ".jpe": "jpeg", ".jfif": "jpeg", ".png": "png", ".gif": "gif",
		".bmp": "bmp", ".dib": "bmp", ".tif": "tiff", ".tiff": "tiff", ".webp": "webp",
	}[ext]
	if !known || owner == kind {
		return Remark{}, false
	}
	return Remark{Key: "The file is called %s but holds a %s picture.", Args: []any{ext, title}}, true
}

// gifFrames counts the frames of a GIF up to 2 by walking its blocks, without
// decompressing: an animation of thousands of frames costs nothing.
func gifFrames(data []byte) int {
	table := func(flags byte) int {
		if flags&0x80 == 0 {
			return 0
		}
		return 3 << (flags&7 + 1)
	}
	if len(data) < 13 {
		return 0
	}
	at, frames := 13+table(data[10]), 0
	skipBlocks := func() {
		for at < len(data) {
			n := int(data[at])
			at += 1 + n
			if n == 0 {
				return
			}
		}
	}
	for at < len(data) && frames < 2 {
		switch data[at] {
		case 0x21:
			at += 2
			skipBlocks()
		case 0x2c:
			if at+10 > len(data) {
				return frames
			}
			frames++
			at += 10 + table(data[at+9]) + 1
			skipBlocks()
		default:
			return frames
		}
	}
	return frames
}

// webpConfig reads the size of a WebP and makes sure that the frame inside
// is no larger than the canvas announced: the decoder allocates by the frame.
func webpConfig(r io.Reader) (image.Config, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return image.Config{}, err
	}
	cfg, err := webp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		if bytes.Contains(data[:min(len(data), 64)], []byte("ANIM")) {
			return cfg, errors.New("the first frame of the animated WebP is damaged; save a frame as PNG")
		}
		return cfg, err
	}
	riffChunks(data, func(id string, body []byte) bool {
		var w, h int
		switch {
		case id == "VP8 " && len(body) >= 10:
			w = int(binary.LittleEndian.Uint16(body[6:]) & 0x3fff)
			h = int(binary.LittleEndian.Uint16(body[8:]) & 0x3fff)
		case id == "VP8L" && len(body) >= 5:
			bits := binary.LittleEndian.Uint32(body[1:])
			w, h = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
		case id == "ANMF":
			err = errors.New("the first frame of the animated WebP is damaged; save a frame as PNG")
			return false
		}
		if w > cfg.Width || h > cfg.Height {
			err = errors.New("the frame is larger than the canvas")
			return false
		}
		return true
	})
	return cfg, err
}

// riffChunks calls each for every chunk of a RIFF file until it returns false.
func riffChunks(data []byte, each func(id string, body []byte) bool) {
	for at := 12; at+8 <= len(data); {
		n := int(binary.LittleEndian.Uint32(data[at+4:]))
		body := data[at+8:]
		if n > len(body) {
			n = len(body)
		}
		if !each(string(data[at:at+4]), body[:n]) {
			return
		}
		at += 8 + n + n&1
	}
}
