// A max pool's gradient for one block of LANES channels, which lie together at
// each place: 16 or 8 in ONNX Runtime's blocked layout, 1 where each channel is a
// plane of its own. TARGET and NAME are as for the other loops.
//
// Where the first of a window's largest elements lies, in row-major order, is
// found again from the pool's input.
#define BLOCK(f) JOIN(NAME(f), LANES)

typedef float BLOCK(vec) __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int32_t BLOCK(ints) __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

static TARGET void BLOCK(pool)(const seewhy_pool *p, const float *xs, const float *gs, float *dxs) {
	const BLOCK(vec) *x = (const BLOCK(vec) *)xs, *g = (const BLOCK(vec) *)gs;
	BLOCK(vec) *dx = (BLOCK(vec) *)dxs;
	memset(dxs, 0, (size_t)(p->in[0] * p->in[1]) * sizeof *dx);
	for (int64_t row = 0; row < p->out[0]; row++) {
		int64_t top = row * p->stride[0] - p->pad[0], bottom = top + p->kernel[0];
		int64_t r0 = top < 0 ? 0 : top, r1 = bottom > p->in[0] ? p->in[0] : bottom;
		for (int64_t column = 0; column < p->out[1]; column++) {
			int64_t left = column * p->stride[1] - p->pad[1], right = left + p->kernel[1];
			int64_t c0 = left < 0 ? 0 : left, c1 = right > p->in[1] ? p->in[1] : right;
			BLOCK(vec) best = x[r0 * p->in[1] + c0];
			BLOCK(ints) at = {0};
			int32_t place = 0;
			for (int64_t r = r0; r < r1; r++)
				for (int64_t c = c0; c < c1; c++, place++) {
					BLOCK(vec) v = x[r * p->in[1] + c];
					BLOCK(ints) more = v > best;
					best = (BLOCK(vec))((more & (BLOCK(ints))v) | (~more & (BLOCK(ints))best));
					at = (more & place) | (~more & at);
				}
			BLOCK(vec) d = g[row * p->out[1] + column];
			place = 0;
			for (int64_t r = r0; r < r1; r++)
				for (int64_t c = c0; c < c1; c++, place++)
					dx[r * p->in[1] + c] += (BLOCK(vec))((at == place) & (BLOCK(ints))d);
		}
	}
}
#undef BLOCK
