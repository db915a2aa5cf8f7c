// Puts phases side by side for one block of LANES channels: place (h, w) of the
// result is place (h/s, w/t) of phase (h mod s, w mod t), zero where that is
// left out. TARGET and NAME are as for the other loops.
#define BLOCK(f) JOIN(NAME(f), LANES)

static TARGET void BLOCK(weave)(const seewhy_weave *v, const float *const *parts, float *out) {
	const size_t size = LANES * sizeof(float);
	for (int64_t h = 0; h < v->size[0]; h++)
		for (int64_t t = 0; t < v->stride[1]; t++) {
			const float *part = parts[h % v->stride[0] * v->stride[1] + t];
			float *to = out + (h * v->size[1] + t) * LANES;
			int64_t step = v->stride[1] * LANES, count = (v->size[1] - t + v->stride[1] - 1) / v->stride[1];
			if (part == NULL) {
				for (int64_t i = 0; i < count; i++)
					memset(to + i * step, 0, size);
				continue;
			}
			part += h / v->stride[0] * v->each[1] * LANES;
			for (int64_t i = 0; i < count; i++)
				memcpy(to + i * step, part + i * LANES, size);
		}
}
#undef BLOCK
