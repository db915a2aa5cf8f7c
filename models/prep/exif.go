package prep

import (
	"bytes"
	"encoding/binary"
	"image"

	"github.com/disintegration/imaging"
)

// orientation is the EXIF orientation 1..8 of a file; 1, which is upright,
// where there is none or it cannot be read. imaging reads it from JPEG only
// and while decoding; here the decoder is chosen apart, and PNG, WebP and
// TIFF carry the mark as well.
func orientation(kind string, data []byte) int {
	switch kind {
	case "jpeg":
		return tiffOrientation(jpegExif(data))
	case "tiff":
		return tiffOrientation(data)
	case "webp":
		found := 1
		riffChunks(data, func(id string, body []byte) bool {
			if id != "EXIF" {
				return true
			}
			found = tiffOrientation(bytes.TrimPrefix(body, []byte("Exif\x00\x00")))
			return false
		})
		return found
	case "png":
		for at := 8; at+12 <= len(data); {
			n := int(binary.BigEndian.Uint32(data[at:]))
			if n > len(data)-at-12 {
				return 1
			}
			if string(data[at+4:at+8]) == "eXIf" {
				return tiffOrientation(data[at+8 : at+8+n])
			}
			at += 12 + n
		}
	}
	return 1
}

// jpegExif is the TIFF block in the APP1 segment, or nil.
func jpegExif(data []byte) []byte {
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		marker := data[at+1]
		if marker == 0xff { // fill byte
			at++
			continue
		}
		n := int(binary.BigEndian.Uint16(data[at+2:]))
		if marker == 0xda || n < 2 || at+2+n > len(data) {
			return nil
		}
		body := data[at+4 : at+2+n]
		if marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return body[6:]
		}
		at += 2 + n
	}
	return nil
}

// tiffOrientation reads tag 0x0112 of the first directory.
func tiffOrientation(t []byte) int {
	if len(t) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if t[0] == 'M' {
		order = binary.BigEndian
	}
	dir := int64(order.Uint32(t[4:]))
	if dir < 8 || dir+2 > int64(len(t)) {
		return 1
	}
	entries := t[dir+2:]
	for range order.Uint16(t[dir:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == 0x0112 {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}

// upright undoes an EXIF orientation of 2..8.
func upright(img *image.RGBA, turn int) *image.RGBA {
	var out *image.NRGBA
	switch turn {
	case 2:
		out = imaging.FlipH(img)
	case 3:
		out = imaging.Rotate180(img)
	case 4:
		out = imaging.FlipV(img)
	case 5:
		out = imaging.Transpose(img)
	case 6:
		out = imaging.Rotate270(img)
	case 7:
		out = imaging.Transverse(img)
	case 8:
		out = imaging.Rotate90(img)
	default:
		return img
	}
	// Opaque, so premultiplied and not are the same bytes.
	return &image.RGBA{Pix: out.Pix, Stride: out.Stride, Rect: out.Rect}
}
