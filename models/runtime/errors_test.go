package runtime

import "testing"

// Of what the library says, the message is shown and not the place in its source.
func TestFirstLine(t *testing.T) {
	for text, want := range map[string]string{
		"Error running network: Non-zero status code\nstack": "Non-zero status code",
		"/src/core/graph/model.cc:181 onnxruntime::Model::Model(onnx::ModelProto&&, const std::function<void(int)>&) Missing opset in the model.": "Missing opset in the model.",
		"/src/core/a.h:79 void f(int) const [with T = float] kernel > 0 was false. Pad should be smaller than kernel":                             "Pad should be smaller than kernel",
		"/src/core/a.h:79 T f(int) const [with T = float] Not implemented":                                                                        "Not implemented",
		"/a/file.onnx cannot be opened (missing) here":                                                                                            "/a/file.onnx cannot be opened (missing) here",
	} {
		if got := firstLine(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}
