package grad

func init() {
	registerNoFlow("its output is drawn at random or does not depend on its input's value",
		"RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Bernoulli", "Multinomial",
		"HannWindow", "HammingWindow", "BlackmanWindow")
	registerNoFlow("it works on bits", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot")
}
