package report

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// PNG chunks as of the PNG specification, third edition, sections 5 and 11.3.3.

const pngSignature = "\x89PNG\r\n\x1a\n"

// Limits of what Provenance reads.
const (
	maxChunks   = 1 << 16
	maxTextData = 4 << 20
	maxFile     = 1 << 30
)

// chunk is a PNG chunk: a name of four letters and its data.
type chunk struct {
	name string
	data []byte
}

func (c chunk) bytes() []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(c.data)))
	out = append(append(out, c.name...), c.data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// plainText is a tEXt chunk; the text must be Latin-1.
func plainText(keyword, text string) chunk {
	return chunk{"tEXt", []byte(keyword + "\x00" + text)}
}

// utf8Text is an uncompressed iTXt chunk without a language.
func utf8Text(keyword string, text []byte) chunk {
	return chunk{"iTXt", append([]byte(keyword+"\x00\x00\x00\x00\x00"), text...)}
}

// packedText is a zTXt chunk.
func packedText(keyword string, text []byte) (chunk, error) {
	var out bytes.Buffer
	out.WriteString(keyword + "\x00\x00")
	z := zlib.NewWriter(&out)
	if _, err := z.Write(text); err != nil {
		return chunk{}, err
	}
	if err := z.Close(); err != nil {
		return chunk{}, err
	}
	return chunk{"zTXt", out.Bytes()}, nil
}

// chunkInserter passes a PNG through and puts chunks behind its header, where
// readers find them without reading the picture.
type chunkInserter struct {
	w      io.Writer
	chunks []chunk
	header []byte
	done   bool
}

// headerLength is the signature and the IHDR chunk.
const headerLength = 8 + 12 + 13

func (c *chunkInserter) Write(data []byte) (int, error) {
	if c.done {
		return c.w.Write(data)
	}
	take := min(headerLength-len(c.header), len(data))
	c.header = append(c.header, data[:take]...)
	if len(c.header) < headerLength {
		return take, nil
	}
	c.done = true
	out := c.header
	for _, k := range c.chunks {
		out = append(out, k.bytes()...)
	}
	if _, err := c.w.Write(out); err != nil {
		return 0, err
	}
	n, err := c.w.Write(data[take:])
	return take + n, err
}

var errNotPNG = errors.New("not a PNG file")

// eachText calls f for each text chunk of a PNG, with its keyword and text.
// Memory is bounded; checksums are checked.
func eachText(r io.Reader, f func(keyword string, text []byte) error) error {
	r = io.LimitReader(r, maxFile)
	var signature [8]byte
	if _, err := io.ReadFull(r, signature[:]); err != nil || string(signature[:]) != pngSignature {
		return errNotPNG
	}
	for range maxChunks {
		var head [8]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return fmt.Errorf("the PNG file is cut short: %w", err)
		}
		length, name := binary.BigEndian.Uint32(head[:4]), string(head[4:])
		isText := name == "tEXt" || name == "zTXt" || name == "iTXt"
		if length > 1<<31-1 || isText && length > maxTextData {
			return fmt.Errorf("the PNG chunk %q has %d bytes, more than is sensible", name, length)
		}
		sum := crc32.NewIEEE()
		sum.Write(head[4:])
		var data bytes.Buffer
		into := io.Writer(sum)
		if isText {
			into = io.MultiWriter(sum, &data)
		}
		if _, err := io.CopyN(into, r, int64(length)); err != nil {
			return fmt.Errorf("the PNG file is cut short in %q: %w", name, err)
		}
		var tail [4]byte
		if _, err := io.ReadFull(r, tail[:]); err != nil {
			return fmt.Errorf("the PNG file is cut short in %q: %w", name, err)
		}
		if binary.BigEndian.Uint32(tail[:]) != sum.Sum32() {
			return fmt.Errorf("the PNG chunk %q is damaged: its checksum is wrong", name)
		}
		if name == "IEND" {
			return nil
		}
		if isText {
			keyword, text, err := decodeText(name, data.Bytes())
			if err != nil {
				return err
			}
			if err := f(keyword, text); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("the PNG file has more than %d chunks", maxChunks)
}

// decodeText splits a text chunk. Chunks of other programs that are not well
// formed come back with an empty keyword.
func decodeText(name string, data []byte) (string, []byte, error) {
	head, rest, ok := bytes.Cut(data, []byte{0})
	if !ok || len(head) > 79 {
		return "", nil, nil
	}
	keyword := string(head)
	if !ours(keyword) {
		return keyword, nil, nil
	}
	packed := name == "zTXt"
	switch name {
	case "zTXt":
		if len(rest) < 1 || rest[0] != 0 {
			return "", nil, fmt.Errorf("the PNG text %q is packed in an unknown way", keyword)
		}
		rest = rest[1:]
	case "iTXt":
		if len(rest) < 2 || rest[0] > 1 || rest[1] != 0 {
			return "", nil, fmt.Errorf("the PNG text %q is packed in an unknown way", keyword)
		}
		packed = rest[0] == 1
		rest = rest[2:]
		for range 2 {
			if _, rest, ok = bytes.Cut(rest, []byte{0}); !ok {
				return "", nil, fmt.Errorf("the PNG text %q is malformed", keyword)
			}
		}
	}
	if !packed {
		return keyword, rest, nil
	}
	z, err := zlib.NewReader(bytes.NewReader(rest))
	if err != nil {
		return "", nil, fmt.Errorf("the PNG text %q cannot be unpacked: %w", keyword, err)
	}
	text, err := io.ReadAll(io.LimitReader(z, maxTextData+1))
	if err != nil {
		return "", nil, fmt.Errorf("the PNG text %q cannot be unpacked: %w", keyword, err)
	}
	if len(text) > maxTextData {
		return "", nil, fmt.Errorf("the PNG text %q unpacks to more than %d bytes", keyword, maxTextData)
	}
	return keyword, text, nil
}
