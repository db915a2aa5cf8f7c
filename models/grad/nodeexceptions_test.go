package grad_test

import "regexp"

// nodeExceptions are the node tests that are not run, by pattern, with the reason.
var nodeExceptions = []struct{ pattern, why string }{
	{`^(sequence_|identity_sequence|identity_opt|optional_|if_seq|if_opt|loop\d+_seq|loop16|split_to_sequence|sequence_map)`, "work on sequences or optionals (inputs and outputs of models must be tensors)"},
	{`^(bernoulli|training_dropout)`, "draw at random"},
	{`^(cast|castlike)_.*BFLOAT16`, "store bfloat16 as bare bits, or expect its rounding (SeeWhy widens models to float32)"},
	{`STRING|^string|^strnormalizer|^tfidf|^regex`, "work on text"},
	{`^constant$`, "have no input"},
	{`_u?int16$|_uint32$|_uint64$`, "have an integer type without a kernel in ONNX Runtime, or that pictures never have"},
	{`^(elu|globalaveragepool|globalmaxpool|hardsigmoid|instancenorm|not|reduce_log_sum|selu|softplus|softsign)(_|$)`, "are of opset 1 to 6 (offered: 7 on)"},
	{`^resize_downsample_scales_(linear|cubic)_align_corners$|^maxunpool_export_with_output_shape$`, "differ in ONNX Runtime itself"},
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
		"signal processing": {"DFT", "STFT", "MelWeightMatrix"},
		"rare in vision":    {"Unique", "Det"},
	} {
		for _, op := range ops {
			notOffered[op] = why
		}
	}
}
