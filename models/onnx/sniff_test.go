package onnx_test

import (
	"errors"
	"strings"
	"testing"

	"seewhy/models/onnx"
)

// A file that people take for a model is named, with what can be done.
func TestLookAlikes(t *testing.T) {
	for data, want := range map[string]string{
		"version https://git-lfs.github.com/spec/v1\noid sha256:0\n": "git lfs pull",
		"<!DOCTYPE html><html>":                "web page",
		"PK\x03\x04net/data.pkl":               "zip archive",
		"\x80\x02}q\x00.":                      "Python pickle",
		"\x89HDF\r\n\x1a\n":                    "HDF5",
		"\x1c\x00\x00\x00TFL3\x14\x00":         "TensorFlow Lite",
		"\x1c\x00\x00\x00ORTM\x14\x00":         "ONNX Runtime's own format",
		"\x1f\x8b\x08\x00model":                "gzip",
		"hello, this is no model at all, folk": "it is a text file; download or export the model again",
		"\x08\x07hello, this is no model":      "download or export it again",
	} {
		_, err := onnx.Read([]byte(data))
		if !errors.Is(err, onnx.ErrNotONNX) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q in it", data, err, want)
		}
	}
}
