package grad_test

import (
	"fmt"
	"regexp"
	"strings"
)

// nodeExceptions are the node tests that are not run, by pattern, with the reason.
var nodeExceptions = []struct{ pattern, why string }{
	{`^(sequence_|identity_sequence|identity_opt|optional_|if_seq|if_opt|loop\d+_seq|loop16|split_to_sequence|sequence_map)`, "work on sequences or optionals (inputs and outputs of models must be tensors)"},
	{`^(bernoulli|training_dropout)`, "draw at random"},
	{`^(cast|castlike)_.*BFLOAT16`, "store bfloat16 as bare bits, or expect its rounding (SeeWhy widens models to float32)"},
	{`STRING|^string|^equal_string|^strnormalizer|^tfidf|^regex`, "work on text"},
	{`^constant$`, "have no input"},
	{`_u?int16$|_uint32(_expanded)?$|_uint64(_expanded)?$|^reduce_max_empty_set_bool$|^bitwise.*_ui\d+|^clip_default_int8.*_expanded$`, "have an integer type without a kernel in ONNX Runtime, or that pictures never have"},
	{`^(elu|globalaveragepool|globalmaxpool|hardsigmoid|instancenorm|not|reduce_log_sum|selu|softplus|softsign)(_|$)`, "are of opset 1 to 6 (offered: 7 on)"},
	{`INT[24]`, "have an element type of 2, 4 or 8 bits"},
	{`bf16|bfloat16|fp16|float16`, "expect the rounding of half precision (SeeWhy widens models to float32)"},
	{`fullymasked|nan_robustness|structural_empty|softmax_precision`, "have a row of attention in which every key is masked"},
	{`nonpad|padded_kv`, "give the lengths of keys, for decoders with a cache"},
	{`^attention.*_window`, "use attributes that ONNX Runtime does not take yet"},
	{`^affine_grid_.*_expanded$`, "hold a Range of vectors, which ONNX Runtime refuses"},
	{`^resize_downsample_scales_(linear|cubic)_align_corners$|^maxunpool_export_with_output_shape$`, "differ in ONNX Runtime itself"},
}

// newestOpset is the newest that the pinned ONNX Runtime takes.
const newestOpset = 26

// notTaken says why a case is not one for SeeWhy: the runtime does not take its
// version, or the reader its types.
func notTaken(c *nodeCase, err error) string {
	switch {
	case strings.HasPrefix(c.name, "roialign") && c.model.Opset() >= 22:
		return "are of a version without a kernel in ONNX Runtime"
	case c.model != nil && c.model.Opset() > newestOpset:
		return fmt.Sprintf("are of an opset above %d, which ONNX Runtime does not take", newestOpset)
	case err == nil:
		return ""
	case strings.Contains(err.Error(), "element type"):
		return "have an element type of 2, 4 or 8 bits"
	case strings.Contains(err.Error(), "is not a tensor"):
		return "work on sequences or optionals (inputs and outputs of models must be tensors)"
	}
	return ""
}

func nodeException(name string) string {
	for _, e := range nodeExceptions {
		if regexp.MustCompile(e.pattern).MatchString(name) {
			return e.why
		}
	}
	return ""
}

// kinks are inputs that lie on jumps or kinks of their function, so that no
// difference can be taken there; cases of TestVJP cover them elsewhere.
var kinks = []struct{ pattern, input string }{
	{`^gridsample`, "Grid"},
	{`^thresholdedrelu_example$`, "x"},
}

func onKinks(name, input string) bool {
	for _, k := range kinks {
		if k.input == input && regexp.MustCompile(k.pattern).MatchString(name) {
			return true
		}
	}
	return false
}

// notOffered are the ops that have neither a rule nor a no-flow entry, with the reason.
var notOffered = map[string]string{}

func init() {
	for why, ops := range map[string][]string{
		"training only":             {"NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss", "ai.onnx.preview.training.Momentum", "ai.onnx.preview.training.Adam", "ai.onnx.preview.training.Adagrad"},
		"text or tables":            {"TfIdfVectorizer", "StringNormalizer", "StringSplit", "StringConcat", "RegexFullMatch", "ai.onnx.ml.LabelEncoder", "ai.onnx.ml.TreeEnsemble", "ai.onnx.ml.Binarizer", "ai.onnx.ml.ArrayFeatureExtractor"},
		"recurrent, rare in vision": {"RNN", "LSTM", "GRU", "Loop", "Scan"},
		"quantised: explained through its float equivalent, whose values have other units": {"QuantizeLinear", "DequantizeLinear", "QLinearConv", "QLinearMatMul", "DynamicQuantizeLinear", "ConvInteger", "MatMulInteger"},
		"signal processing, decoding":                      {"DFT", "STFT", "MelWeightMatrix", "ImageDecoder"},
		"newer than the runtime, or for language decoders": {"LinearAttention", "CausalConvWithState", "ai.onnx.preview.FlexAttention", "BitCast", "SwiGLU", "TensorScatter"},
		"rare in vision":                                   {"Unique", "Det"},
	} {
		for _, op := range ops {
			notOffered[op] = why
		}
	}
}
