#include "kernel.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// A max pool's geometry over two axes: heights and rows first.
typedef struct {
	int64_t kernel[2], stride[2], pad[2], in[2], out[2];
} seewhy_pool;

// The phases of a value over two axes: their strides, the size of a phase and
// that of all. A phase that is left out is zero.
typedef struct {
	int64_t stride[2], each[2], size[2];
} seewhy_weave;

// Vectors go by value between functions that are always inlined: no convention
// of calls matters.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(f) JOIN(f, KIND)

#if defined(__x86_64__)
#define KIND avx512
#define TARGET __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")))
#include "kernelloops.h"
#undef KIND
#undef TARGET
#define KIND avx2
#define TARGET __attribute__((target("avx2,fma")))
#include "kernelloops.h"
#undef KIND
#undef TARGET
#endif
#define KIND plain
#define TARGET
#include "kernelloops.h"
#undef KIND

typedef struct {
	void (*step)(int, float *, const float *, size_t, const float *, size_t, float, float, size_t);
	float (*total)(int, const float *, size_t);
	// For 16, 8 and 1 channels that lie together.
	void (*pool[3])(const seewhy_pool *, const float *, const float *, float *);
	void (*weave[3])(const seewhy_weave *, const float *const *, float *);
} seewhy_loops;

#define KINDS(f, kind) {JOIN(JOIN(f, kind), 16), JOIN(JOIN(f, kind), 8), JOIN(JOIN(f, kind), 1)}
#define LOOPS(kind) {JOIN(step, kind), JOIN(total, kind), KINDS(pool, kind), KINDS(weave, kind)}

// forced leaves out what the processor could, for tests: 1 all vectors of 16, 2
// those of 8, too.
static volatile int forced;

void seewhy_force(int without) { forced = without; }

static const seewhy_loops *loops(void) {
	static const seewhy_loops plain = LOOPS(plain);
#if defined(__x86_64__)
	static const seewhy_loops avx512 = LOOPS(avx512);
	static const seewhy_loops avx2 = LOOPS(avx2);
	if (forced < 1 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
		return &avx512;
	if (forced < 2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return &avx2;
#endif
	return &plain;
}

static OrtStatus *refuse(const void *api, const char *why) { return ORT(api, CreateStatus)(ORT_INVALID_ARGUMENT, why); }

// In the words by which package runtime knows that memory ran out.
static const char no_memory[] = "failed to allocate memory";

#define TRY(call)                      \
	do {                           \
		OrtStatus *s_ = (call); \
		if (s_ != NULL)        \
			return s_;     \
	} while (0)

// A tensor of a run: its numbers and its shape, aligned at the last axis.
typedef struct {
	float *data;
	size_t rank;
	int64_t dims[SEEWHY_RANK];
} tensor;

// ask reads an input's numbers and its shape.
static OrtStatus *ask(const void *api, OrtKernelContext *context, size_t index, tensor *t) {
	const OrtValue *value = NULL;
	OrtTensorTypeAndShapeInfo *info = NULL;
	TRY(ORT(api, KernelContext_GetInput)(context, index, &value));
	if (value == NULL)
		return refuse(api, "an input is missing");
	TRY(ORT(api, GetTensorMutableData)((OrtValue *)value, (void **)&t->data));
	TRY(ORT(api, GetTensorTypeAndShape)(value, &info));
	OrtStatus *status = ORT(api, GetDimensionsCount)(info, &t->rank);
	if (status == NULL && t->rank > SEEWHY_RANK)
		status = refuse(api, "an input has more than 8 axes");
	if (status == NULL)
		status = ORT(api, GetDimensions)(info, t->dims, t->rank);
	ORT(api, ReleaseTensorTypeAndShapeInfo)(info);
	return status;
}

// give makes an output of a shape.
static OrtStatus *give(const void *api, OrtKernelContext *context, size_t index, const tensor *shape, float **data) {
	OrtValue *value = NULL;
	TRY(ORT(api, KernelContext_GetOutput)(context, index, shape->dims, shape->rank, &value));
	if (value == NULL)
		return refuse(api, "an output is missing");
	return ORT(api, GetTensorMutableData)(value, (void **)data);
}

// parallel runs pieces of work on the session's threads; a single one where it is.
static OrtStatus *parallel(const void *api, OrtKernelContext *context, void (*work)(void *, size_t), size_t count, void *data) {
	if (count > 1)
		return ORT(api, KernelContext_ParallelFor)(context, work, count, 0, data);
	if (count == 1)
		work(data, 0);
	return NULL;
}

// ---- Fused

typedef struct {
	int operation, slot;
	// Operands: an input, or SEEWHY_INPUTS and a step before.
	int a, b;
	float p, q;
} program_step;

typedef struct {
	const void *api;
	size_t inputs, steps, outputs, slots;
	int reduces;
	program_step step[SEEWHY_STEPS];
	// The steps whose values are the outputs; the output of a step, or -1.
	int output[SEEWHY_OUTPUTS], to[SEEWHY_STEPS];
} program;

static int is_binary(int operation) { return operation <= SEEWHY_DIV; }
static int is_reduction(int operation) { return operation >= SEEWHY_MEAN; }
static int operand(const program_step *s, int k) { return k == 0 ? s->a : s->b; }

static OrtStatus *read_program(const void *api, const OrtKernelInfo *info, program *p) {
	int64_t code[SEEWHY_STEPS * 4], outputs[SEEWHY_OUTPUTS];
	float numbers[SEEWHY_STEPS * 2];
	size_t codes = SEEWHY_STEPS * 4, values = SEEWHY_STEPS * 2, outs = SEEWHY_OUTPUTS;
	TRY(ORT(api, KernelInfoGetAttributeArray_int64)(info, "steps", code, &codes));
	TRY(ORT(api, KernelInfoGetAttributeArray_float)(info, "numbers", numbers, &values));
	TRY(ORT(api, KernelInfoGetAttributeArray_int64)(info, "outputs", outputs, &outs));
	int64_t inputs = 0;
	TRY(ORT(api, KernelInfoGetAttribute_int64)(info, "inputs", &inputs));
	if (inputs < 1 || inputs > SEEWHY_INPUTS || codes == 0 || codes % 4 != 0 || values != codes / 2 || outs == 0)
		return refuse(api, "the program's parts do not fit together");
	p->inputs = (size_t)inputs, p->steps = codes / 4, p->outputs = outs;
	for (size_t i = 0; i < p->steps; i++) {
		const int64_t *c = code + 4 * i;
		program_step *s = &p->step[i];
		if (c[0] < 0 || c[0] >= SEEWHY_OPERATIONS || c[3] < 0 || c[3] >= SEEWHY_SLOTS)
			return refuse(api, "the program has an unknown step");
		for (int k = 1; k <= 2; k++) {
			int64_t v = c[k];
			if (v < 0 || (v >= inputs && v < SEEWHY_INPUTS) || v >= (int64_t)(SEEWHY_INPUTS + i))
				return refuse(api, "a step of the program reads what is not there yet");
		}
		*s = (program_step){(int)c[0], (int)c[3], (int)c[1], (int)c[2], numbers[2 * i], numbers[2 * i + 1]};
		if (!is_binary(s->operation))
			s->b = s->a;
		if ((size_t)s->slot >= p->slots)
			p->slots = (size_t)s->slot + 1;
		p->reduces |= is_reduction(s->operation);
		p->to[i] = -1;
	}
	for (size_t i = 0; i < outs; i++) {
		if (outputs[i] < 0 || outputs[i] >= (int64_t)p->steps || p->to[outputs[i]] >= 0)
			return refuse(api, "the program's outputs are no steps of it");
		p->output[i] = (int)outputs[i];
		p->to[outputs[i]] = (int)i;
	}
	return NULL;
}

static OrtStatus *fused_create(const OrtCustomOp *op, const OrtApi *api, const OrtKernelInfo *info, void **kernel) {
	(void)op;
	program *p = calloc(1, sizeof *p);
	if (p == NULL)
		return refuse(api, no_memory);
	p->api = api;
	OrtStatus *status = read_program(api, info, p);
	if (status != NULL)
		free(p);
	else
		*kernel = p;
	return status;
}

// A row is the stretch of numbers along the last axis after axes were joined.
// step[k] is how far a value moves from one place of axis k to the next, 0
// where it is the same; the last one is 0 or 1.
typedef struct {
	float *data;
	int64_t step[SEEWHY_RANK];
} walked;

typedef struct {
	const program *p;
	const seewhy_loops *loops;
	walked input[SEEWHY_INPUTS], output[SEEWHY_OUTPUTS];
	size_t axes;
	int64_t dims[SEEWHY_RANK];
	// A row is done in tiles, and pieces are runs of tiles.
	size_t length, tile, tiles, rows, each;
	// constant[i] says that step i is the same along a whole row.
	unsigned char constant[SEEWHY_STEPS];
	_Atomic int failed;
} walk;

// widen joins a shape into another by ONNX's rules of broadcasting.
static int widen(tensor *to, const tensor *from) {
	if (from->rank > to->rank) {
		size_t more = from->rank - to->rank;
		memmove(to->dims + more, to->dims, to->rank * sizeof *to->dims);
		for (size_t i = 0; i < more; i++)
			to->dims[i] = 1;
		to->rank = from->rank;
	}
	for (size_t i = 0; i < from->rank; i++) {
		int64_t *d = &to->dims[to->rank - from->rank + i], f = from->dims[i];
		if (*d == 1)
			*d = f;
		else if (f != 1 && f != *d)
			return 0;
	}
	return 1;
}

// numbers counts a shape's numbers, -1 where they are more than memory can hold.
static int64_t numbers(const tensor *t) {
	int64_t count = 1;
	for (size_t k = 0; k < t->rank; k++)
		if (t->dims[k] == 0)
			return 0;
	for (size_t k = 0; k < t->rank; k++)
		if (__builtin_mul_overflow(count, t->dims[k], &count))
			return -1;
	return count > PTRDIFF_MAX / (int64_t)sizeof(float) ? -1 : count;
}

// steps tells how a tensor is walked along the axes of the whole.
static void steps(const tensor *t, const tensor *whole, int64_t *step) {
	int64_t size = 1;
	for (size_t k = whole->rank; k-- > 0;) {
		size_t missing = whole->rank - t->rank;
		int64_t d = k < missing ? 1 : t->dims[k - missing];
		step[k] = d == 1 ? 0 : size;
		size *= d;
	}
}

static void fused_piece(void *data, size_t index) {
	walk *w = data;
	const program *p = w->p;
	size_t padded = (w->tile + 15) / 16 * 16;
	// The slots, a copy of an input whose rows do not end with a vector, 16
	// copies of what is the same along a row, and an output that ends within a vector.
	size_t room = (p->slots + p->inputs) * padded;
	float *memory = NULL, *start;
	memory = malloc(room * sizeof(float) + 64);
	if (memory == NULL) {
		w->failed = 1;
		return;
	}
	start = (float *)(((uintptr_t)memory + 63) / 64 * 64);
	const float *value[SEEWHY_INPUTS + SEEWHY_STEPS];
	size_t by[SEEWHY_INPUTS + SEEWHY_STEPS];
	size_t all = w->rows * w->tiles, from = index * w->each, end = from + w->each;
	if (end > all)
		end = all;
	for (size_t unit = from; unit < end; unit++) {
		size_t row = unit / w->tiles, begin = unit % w->tiles * w->tile;
		size_t n = w->length - begin < w->tile ? w->length - begin : w->tile;
		size_t vectors = (n + 15) / 16;
		int64_t place[SEEWHY_RANK];
		size_t rest = row;
		for (size_t k = w->axes - 1; k-- > 0;) {
			place[k] = (int64_t)(rest % (size_t)w->dims[k]);
			rest /= (size_t)w->dims[k];
		}
		for (size_t i = 0; i < p->inputs; i++) {
			const walked *in = &w->input[i];
			const float *x = in->data;
			for (size_t k = 0; k + 1 < w->axes; k++)
				x += place[k] * in->step[k];
			float *copy = start + (p->slots + i) * padded;
			by[i] = in->step[w->axes - 1] != 0;
			if (!by[i]) {
				for (int k = 0; k < 16; k++)
					copy[k] = *x;
				x = copy;
			} else {
				x += begin;
				if (n % 16 != 0) {
					memcpy(copy, x, n * sizeof(float));
					memset(copy + n, 0, (vectors * 16 - n) * sizeof(float));
					x = copy;
				}
			}
			value[i] = x;
		}
		for (size_t i = 0; i < p->steps; i++) {
			const program_step *s = &p->step[i];
			const float *a = value[s->a], *b = value[s->b];
			float *slot = start + (size_t)s->slot * padded, *to = slot, *out = NULL;
			int same = w->constant[i];
			if (p->to[i] >= 0) {
				const walked *o = &w->output[p->to[i]];
				out = o->data;
				for (size_t k = 0; k + 1 < w->axes; k++)
					out += place[k] * o->step[k];
				if (!same) {
					out += begin;
					if (n % 16 == 0)
						to = out;
				}
			}
			if (is_reduction(s->operation)) {
				float t = by[s->a] == 0 ? a[0] : w->loops->total(s->operation, a, n);
				if (s->operation == SEEWHY_MEAN && by[s->a] != 0)
					t /= (float)n;
				for (int k = 0; k < 16; k++)
					to[k] = t;
			} else {
				w->loops->step(s->operation, to, a, by[s->a], b, by[s->b], s->p, s->q, same ? 1 : vectors);
			}
			if (out != NULL && same)
				*out = to[0];
			else if (out != NULL && to != out)
				memcpy(out, to, n * sizeof(float));
			value[SEEWHY_INPUTS + i] = to;
			by[SEEWHY_INPUTS + i] = !same;
		}
	}
	free(memory);
}

// A tile's registers stay in the cache next to the processor; a piece is work
// enough to be worth handing to a thread.
enum { TILE = 1024, PIECE = 1 << 14 };

// pass runs a program once over the whole of its inputs, which has numbers. The
// values are the inputs and, by their shapes and where they go, the steps.
static OrtStatus *pass(OrtKernelContext *context, const program *p, const tensor *value, tensor whole) {
	const void *api = p->api;
	if (whole.rank == 0) {
		whole.rank = 1;
		whole.dims[0] = 1;
	}
	walk w = {.p = p, .loops = loops()};
	int repeats = 0;
	for (size_t i = 0; i < p->outputs; i++) {
		const tensor *t = &value[SEEWHY_INPUTS + p->output[i]];
		w.output[i].data = t->data;
		steps(t, &whole, w.output[i].step);
		for (size_t k = 0; k + 1 < whole.rank; k++)
			repeats |= w.output[i].step[k] == 0 && whole.dims[k] > 1;
	}
	for (size_t i = 0; i < p->inputs; i++) {
		w.input[i].data = value[i].data;
		steps(&value[i], &whole, w.input[i].step);
	}

	// Axes that every value walks through as one are joined, the last one only
	// where nothing is reduced over it.
	w.axes = 0;
	for (size_t k = 0; k < whole.rank; k++) {
		if (whole.dims[k] == 1 && !(k + 1 == whole.rank && (p->reduces || w.axes == 0)))
			continue;
		int joined = w.axes > 0 && !(k + 1 == whole.rank && p->reduces);
#define FITS(v) joined &= w.v.step[w.axes - 1] == w.v.step[k] * whole.dims[k]
		for (size_t i = 0; i < p->inputs && joined; i++)
			FITS(input[i]);
		for (size_t i = 0; i < p->outputs && joined; i++)
			FITS(output[i]);
#undef FITS
		size_t at = joined ? w.axes - 1 : w.axes++;
		w.dims[at] = joined ? w.dims[at] * whole.dims[k] : whole.dims[k];
		for (size_t i = 0; i < p->inputs; i++)
			w.input[i].step[at] = w.input[i].step[k];
		for (size_t i = 0; i < p->outputs; i++)
			w.output[i].step[at] = w.output[i].step[k];
	}

	w.length = (size_t)w.dims[w.axes - 1];
	w.rows = (size_t)numbers(&whole) / w.length;
	w.tile = p->reduces || w.length < TILE ? w.length : TILE;
	w.tiles = (w.length + w.tile - 1) / w.tile;
	for (size_t i = 0; i < p->steps; i++) {
		const program_step *s = &p->step[i];
		int same = 1;
		for (int k = 0; k < 2; k++) {
			int v = operand(s, k);
			same &= v < SEEWHY_INPUTS ? w.input[v].step[w.axes - 1] == 0 : w.constant[v - SEEWHY_INPUTS];
		}
		w.constant[i] = (unsigned char)(same || is_reduction(s->operation));
	}
	// An output that is the same along a row but not as short would have holes.
	for (size_t i = 0; i < p->outputs; i++)
		if (w.constant[p->output[i]] != (w.output[i].step[w.axes - 1] == 0) && w.length > 1)
			return refuse(api, "an output's shape does not follow from the program");
	size_t units = w.rows * w.tiles;
	w.each = PIECE / w.tile;
	if (w.each == 0)
		w.each = 1;
	// Where one number of an output is made in several rows, no two threads do.
	if (repeats)
		w.each = units;
	TRY(parallel(api, context, fused_piece, (units + w.each - 1) / w.each, &w));
	return w.failed ? refuse(api, no_memory) : NULL;
}

// apart runs a program step by step, each value in memory of its own: where the
// inputs have no whole. Two outputs may have one small value in common and differ
// in size, and what was reduced may meet rows of another length.
static OrtStatus *apart(OrtKernelContext *context, const program *p, tensor *value) {
	size_t last[SEEWHY_STEPS];
	float *own[SEEWHY_STEPS] = {NULL};
	for (size_t i = 0; i < p->steps; i++)
		for (int k = 0; k < 2; k++) {
			int v = operand(&p->step[i], k);
			last[i] = i;
			if (v >= SEEWHY_INPUTS)
				last[v - SEEWHY_INPUTS] = i;
		}
	OrtStatus *status = NULL;
	for (size_t i = 0; i < p->steps && status == NULL; i++) {
		const program_step *s = &p->step[i];
		tensor *t = &value[SEEWHY_INPUTS + i];
		int64_t count = numbers(t);
		if (count > 0 && p->to[i] < 0)
			t->data = own[i] = malloc((size_t)count * sizeof(float));
		if (count < 0 || (count > 0 && t->data == NULL)) {
			status = refuse(p->api, no_memory);
			break;
		}
		if (count > 0) {
			program one = {.api = p->api, .inputs = 2, .steps = 1, .outputs = 1, .slots = 1, .reduces = is_reduction(s->operation), .step = {*s}};
			one.step[0].slot = one.step[0].a = 0, one.step[0].b = 1;
			tensor part[SEEWHY_INPUTS + 1] = {value[s->a], value[s->b]};
			part[SEEWHY_INPUTS] = *t;
			status = pass(context, &one, part, one.reduces ? part[0] : *t);
		}
		for (int k = 0; k < 2; k++) {
			int v = operand(s, k) - SEEWHY_INPUTS;
			if (v >= 0 && last[v] == i) {
				free(own[v]);
				own[v] = NULL;
			}
		}
	}
	for (size_t i = 0; i < p->steps; i++)
		free(own[i]);
	return status;
}

static OrtStatus *fused_compute(void *kernel, OrtKernelContext *context) {
	const program *p = kernel;
	const void *api = p->api;
	size_t inputs = 0, outputs = 0;
	TRY(ORT(api, KernelContext_GetInputCount)(context, &inputs));
	TRY(ORT(api, KernelContext_GetOutputCount)(context, &outputs));
	if (inputs != p->inputs || outputs != p->outputs)
		return refuse(api, "the program has another number of inputs or outputs");
	tensor value[SEEWHY_INPUTS + SEEWHY_STEPS], whole = {0};
	int fit = 1;
	for (size_t i = 0; i < inputs; i++) {
		TRY(ask(api, context, i, &value[i]));
		fit = fit && widen(&whole, &value[i]);
	}
	int64_t most = 0;
	for (size_t i = 0; i < p->steps; i++) {
		const program_step *s = &p->step[i];
		tensor *t = &value[SEEWHY_INPUTS + i];
		*t = value[s->a];
		t->data = NULL;
		if (is_binary(s->operation) && !widen(t, &value[s->b]))
			return refuse(api, "the shapes of the inputs do not fit each other");
		int64_t count = numbers(t);
		if (count > most)
			most = count;
		if (is_reduction(s->operation)) {
			if (t->rank == 0)
				return refuse(api, "a reduction has nothing to reduce");
			// The library leaves a shape without numbers as it is.
			if (count != 0)
				t->dims[t->rank - 1] = 1;
		}
	}
	for (size_t i = 0; i < outputs; i++) {
		tensor *t = &value[SEEWHY_INPUTS + p->output[i]];
		TRY(give(api, context, i, t, &t->data));
	}
	// A whole that no step has is of values that do not meet: a column and a row.
	return fit && most > 0 && most == numbers(&whole) ? pass(context, p, value, whole) : apart(context, p, value);
}

// ---- MaxPoolGrad

typedef struct {
	const void *api;
	seewhy_pool pool;
	int64_t block;
} pooling;

static OrtStatus *pool_create(const OrtCustomOp *op, const OrtApi *api, const OrtKernelInfo *info, void **kernel) {
	(void)op;
	pooling p = {.api = api};
	struct {
		const char *name;
		int64_t *to, least, most;
	} attributes[] = {{"kernel", p.pool.kernel, 1, 1 << 15}, {"stride", p.pool.stride, 1, 1 << 15}, {"pad", p.pool.pad, 0, 1 << 15}};
	for (size_t i = 0; i < 3; i++) {
		size_t two = 2;
		TRY(ORT(api, KernelInfoGetAttributeArray_int64)(info, attributes[i].name, attributes[i].to, &two));
		for (int k = 0; k < 2; k++)
			if (two != 2 || attributes[i].to[k] < attributes[i].least || attributes[i].to[k] > attributes[i].most)
				return refuse(api, "the pool's geometry is no window");
	}
	TRY(ORT(api, KernelInfoGetAttribute_int64)(info, "block", &p.block));
	if (p.block != 16 && p.block != 8 && p.block != 1)
		return refuse(api, "no layout holds such blocks of channels");
	pooling *made = malloc(sizeof *made);
	if (made == NULL)
		return refuse(api, no_memory);
	*made = p;
	*kernel = made;
	return NULL;
}

typedef struct {
	const pooling *p;
	seewhy_pool pool;
	const seewhy_loops *loops;
	const float *x, *g;
	float *dx;
} pool_work;

static void pool_piece(void *data, size_t index) {
	const pool_work *w = data;
	size_t block = (size_t)w->p->block, kind = block == 16 ? 0 : block == 8 ? 1 : 2;
	size_t in = (size_t)(w->pool.in[0] * w->pool.in[1]) * block, out = (size_t)(w->pool.out[0] * w->pool.out[1]) * block;
	w->loops->pool[kind](&w->pool, w->x + index * in, w->g + index * out, w->dx + index * in);
}

// No axis of a tensor with numbers is longer.
#define LONGEST (INT64_C(1) << 48)

// The inputs are the pool's input and the gradient at its output, both
// [N, C/block, H, W, block] in memory and shown as [N, C, H, W].
static OrtStatus *pool_compute(void *kernel, OrtKernelContext *context) {
	const pooling *p = kernel;
	const void *api = p->api;
	tensor x, g;
	TRY(ask(api, context, 0, &x));
	TRY(ask(api, context, 1, &g));
	if (x.rank != 4 || g.rank != 4 || x.dims[0] != g.dims[0] || x.dims[1] != g.dims[1] || x.dims[1] % p->block != 0)
		return refuse(api, "the shapes of a pool and its gradient do not fit each other");
	pool_work w = {.p = p, .pool = p->pool, .loops = loops(), .x = x.data, .g = g.data};
	for (int k = 0; k < 2; k++) {
		int64_t in = w.pool.in[k] = x.dims[2 + k], out = w.pool.out[k] = g.dims[2 + k];
		// Every window holds a place of the input. A tensor without numbers may
		// have an axis of any length.
		if (in <= 0 || in > LONGEST || w.pool.pad[k] >= w.pool.kernel[k] || out > (in - 1 + w.pool.pad[k]) / w.pool.stride[k] + 1)
			return refuse(api, "the shapes of a pool and its gradient do not fit each other");
	}
	TRY(give(api, context, 0, &x, &w.dx));
	return parallel(api, context, pool_piece, (size_t)(x.dims[0] * x.dims[1] / p->block), &w);
}

// ---- Weave

enum { SEEWHY_PHASES = 16 };

typedef struct {
	const void *api;
	seewhy_weave weave;
	int64_t block, place[SEEWHY_PHASES];
	size_t parts;
} weaving;

static OrtStatus *weave_create(const OrtCustomOp *op, const OrtApi *api, const OrtKernelInfo *info, void **kernel) {
	(void)op;
	weaving w = {.api = api, .parts = SEEWHY_PHASES};
	size_t two = 2, other = 2;
	TRY(ORT(api, KernelInfoGetAttributeArray_int64)(info, "stride", w.weave.stride, &two));
	TRY(ORT(api, KernelInfoGetAttributeArray_int64)(info, "size", w.weave.size, &other));
	TRY(ORT(api, KernelInfoGetAttributeArray_int64)(info, "place", w.place, &w.parts));
	TRY(ORT(api, KernelInfoGetAttribute_int64)(info, "block", &w.block));
	if (two != 2 || other != 2 || (w.block != 16 && w.block != 8 && w.block != 1))
		return refuse(api, "the phases fit no layout");
	for (int k = 0; k < 2; k++)
		if (w.weave.stride[k] < 1 || w.weave.stride[k] > 4 || w.weave.size[k] < 1 || w.weave.size[k] > 1 << 22)
			return refuse(api, "the phases have no such strides");
	for (size_t i = 0; i < w.parts; i++)
		if (w.place[i] < 0 || w.place[i] >= w.weave.stride[0] * w.weave.stride[1])
			return refuse(api, "a phase has no such place");
	weaving *made = malloc(sizeof *made);
	if (made == NULL)
		return refuse(api, no_memory);
	*made = w;
	*kernel = made;
	return NULL;
}

typedef struct {
	const weaving *w;
	seewhy_weave weave;
	const seewhy_loops *loops;
	const float *part[SEEWHY_PHASES];
	float *out;
} weave_work;

static void weave_piece(void *data, size_t index) {
	const weave_work *v = data;
	size_t block = (size_t)v->w->block, kind = block == 16 ? 0 : block == 8 ? 1 : 2;
	size_t each = (size_t)(v->weave.each[0] * v->weave.each[1]) * block, size = (size_t)(v->weave.size[0] * v->weave.size[1]) * block;
	const float *part[SEEWHY_PHASES];
	for (int i = 0; i < SEEWHY_PHASES; i++)
		part[i] = v->part[i] == NULL ? NULL : v->part[i] + index * each;
	v->loops->weave[kind](&v->weave, part, v->out + index * size);
}

// The inputs are the phases, all of one shape, in the layout of MaxPoolGrad.
static OrtStatus *weave_compute(void *kernel, OrtKernelContext *context) {
	const weaving *w = kernel;
	const void *api = w->api;
	size_t inputs = 0;
	TRY(ORT(api, KernelContext_GetInputCount)(context, &inputs));
	if (inputs == 0 || inputs != w->parts)
		return refuse(api, "another number of phases was announced");
	weave_work v = {.w = w, .weave = w->weave, .loops = loops()};
	tensor first, t;
	TRY(ask(api, context, 0, &first));
	if (first.rank != 4 || first.dims[1] % w->block != 0)
		return refuse(api, "the phases are no feature maps");
	for (int k = 0; k < 2; k++) {
		v.weave.each[k] = first.dims[2 + k];
		if (v.weave.each[k] != (v.weave.size[k] + v.weave.stride[k] - 1) / v.weave.stride[k])
			return refuse(api, "the phases are of another size than was announced");
	}
	for (size_t i = 0; i < inputs; i++) {
		TRY(ask(api, context, i, &t));
		if (t.rank != 4 || memcmp(t.dims, first.dims, 4 * sizeof *t.dims) != 0)
			return refuse(api, "the phases are of different shapes");
		v.part[w->place[i]] = t.data;
	}
	tensor whole = {.rank = 4, .dims = {first.dims[0], first.dims[1], v.weave.size[0], v.weave.size[1]}};
	TRY(give(api, context, 0, &whole, &v.out));
	return parallel(api, context, weave_piece, (size_t)(first.dims[0] * first.dims[1] / w->block), &v);
}

// ---- The operators

static void destroy(void *kernel) { free(kernel); }
static const char *fused_name(const OrtCustomOp *op) { return (void)op, "Fused"; }
static const char *pool_name(const OrtCustomOp *op) { return (void)op, "MaxPoolGrad"; }
static const char *weave_name(const OrtCustomOp *op) { return (void)op, "Weave"; }
static const char *cpu(const OrtCustomOp *op) { return (void)op, NULL; }
static ONNXTensorElementDataType floats(const OrtCustomOp *op, size_t index) { return (void)op, (void)index, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT; }
static size_t one(const OrtCustomOp *op) { return (void)op, 1; }
static size_t two(const OrtCustomOp *op) { return (void)op, 2; }
static OrtCustomOpInputOutputCharacteristic required(const OrtCustomOp *op, size_t index) { return (void)op, (void)index, INPUT_OUTPUT_REQUIRED; }
static OrtCustomOpInputOutputCharacteristic variadic(const OrtCustomOp *op, size_t index) { return (void)op, (void)index, INPUT_OUTPUT_VARIADIC; }
static OrtMemType usual(const OrtCustomOp *op, size_t index) { return (void)op, (void)index, OrtMemTypeDefault; }
static int at_least_one(const OrtCustomOp *op) { return (void)op, 1; }
static int version_one(const OrtCustomOp *op) { return (void)op, 1; }

#define COMMON                                                                                            \
	.version = SEEWHY_ORT_VERSION, .GetExecutionProviderType = cpu, .GetInputType = floats,           \
	.GetOutputType = floats, .GetOutputTypeCount = one, .KernelDestroy = destroy,                     \
	.GetInputMemoryType = usual, .GetVariadicInputMinArity = at_least_one,                            \
	.GetVariadicInputHomogeneity = at_least_one, .GetVariadicOutputMinArity = at_least_one,           \
	.GetVariadicOutputHomogeneity = at_least_one, .GetStartVersion = version_one, .GetEndVersion = version_one

static const OrtCustomOp fused_op = {
	COMMON, .GetName = fused_name, .GetInputTypeCount = one, .GetInputCharacteristic = variadic,
	.GetOutputCharacteristic = variadic, .CreateKernelV2 = fused_create, .KernelComputeV2 = fused_compute,
};
static const OrtCustomOp pool_op = {
	COMMON, .GetName = pool_name, .GetInputTypeCount = two, .GetInputCharacteristic = required,
	.GetOutputCharacteristic = required, .CreateKernelV2 = pool_create, .KernelComputeV2 = pool_compute,
};
static const OrtCustomOp weave_op = {
	COMMON, .GetName = weave_name, .GetInputTypeCount = one, .GetInputCharacteristic = variadic,
	.GetOutputCharacteristic = required, .CreateKernelV2 = weave_create, .KernelComputeV2 = weave_compute,
};

const void *const *seewhy_kernels(size_t *count) {
	static const void *const all[] = {&fused_op, &pool_op, &weave_op};
	*count = sizeof all / sizeof *all;
	return all;
}
