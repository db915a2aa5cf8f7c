package onnx

import (
	"bytes"
	"errors"
	"fmt"
	"unicode"
)

// lookAlikes are what people take for a model, by how it begins, and what can be
// done. None of them begins as an ONNX file may.
var lookAlikes = []struct {
	at    int
	magic string
	words string
}{
	{0, "version https://git-lfs", "it is a Git LFS pointer in the place of the file; \"git lfs pull\" fetches the file itself"},
	{0, "<!", "it is a web page; download the file itself"},
	{0, "<html", "it is a web page; download the file itself"},
	{0, "PK\x03\x04", "it is a zip archive, as PyTorch writes its checkpoints; unpack it, or export the network to ONNX"},
	{0, "\x80\x02", "it is a Python pickle, as PyTorch writes its checkpoints; export the network to ONNX"},
	{0, "\x89HDF", "it is an HDF5 file, as Keras writes them; convert it to ONNX, with tf2onnx for example"},
	{4, "TFL3", "it is a TensorFlow Lite model; convert it to ONNX, with tf2onnx for example"},
	{4, "ORTM", "it is ONNX Runtime's own format (.ort); open the .onnx file that it was made from"},
	{0, "\x1f\x8b", "it is packed with gzip; unpack it first"},
}

// lookAlike names what a file is that is no ONNX model; nil where that is not known.
func lookAlike(data []byte) error {
	for _, l := range lookAlikes {
		// A model begins with the number of its format; at 4 there may be its producer's name.
		if len(data) > l.at && (l.at == 0 || data[0] != 8) && bytes.HasPrefix(data[l.at:], []byte(l.magic)) {
			return fmt.Errorf("%w: %s", ErrNotONNX, l.words)
		}
	}
	return nil
}

// orText says in the place of an error that a file which cannot be read as a
// model is a text: what the reader stumbled over tells nothing then.
func orText(data []byte, err error) error {
	head := data[:min(len(data), 512)]
	control := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }
	if len(head) == 0 || !errors.Is(err, ErrNotONNX) || bytes.ContainsFunc(head, control) {
		return err
	}
	return fmt.Errorf("%w: %s", ErrNotONNX, "it is a text file; download or export the model again")
}
