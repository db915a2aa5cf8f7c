// Kernels of our own for sessions on the CPU, which ONNX Runtime calls as
// operators of the domain app.seewhy:
//
//   Fused        runs a program of elementwise operations, and of reductions
//                over the last axis, in one pass over its inputs
//   MaxPoolGrad  carries a gradient through a max pool
//   Weave        puts the phases of a gradient side by side
//
// Only models that package fuse rewrote hold them. Every number that comes from
// a model is checked here all the same.
#ifndef SEEWHY_KERNEL_H
#define SEEWHY_KERNEL_H

#include "ortapi.h"

// What a Fused program may hold at most.
enum { SEEWHY_INPUTS = 32, SEEWHY_STEPS = 128, SEEWHY_OUTPUTS = 16, SEEWHY_SLOTS = 64, SEEWHY_RANK = 8 };

// The operations of a step, with the operands a and b and the parameters p and
// q. Their numbers are those of package fuse.
enum {
	SEEWHY_ADD,          // a + b
	SEEWHY_SUB,          // a - b
	SEEWHY_MUL,          // a b
	SEEWHY_DIV,          // a / b
	SEEWHY_AFFINE,       // p a + q
	SEEWHY_RELU,         // max(a, 0)
	SEEWHY_LEAKY,        // a, or p a where a < 0
	SEEWHY_CLIP,         // max(p, min(a, q))
	SEEWHY_HARD_SIGMOID, // max(0, min(p a + q, 1))
	SEEWHY_SIGMOID,      // 1 / (1 + exp(-a))
	SEEWHY_TANH,
	SEEWHY_ERF,
	SEEWHY_EXP,
	SEEWHY_SQRT,
	SEEWHY_RECIPROCAL, // 1 / a
	SEEWHY_ABS,
	SEEWHY_QUOTIENT, // p / a
	SEEWHY_MEAN,     // over the last axis, which then has the length 1
	SEEWHY_SUM,
	SEEWHY_MAXIMUM,
	SEEWHY_OPERATIONS,
};

// seewhy_kernels are the domain's operators.
const void *const *seewhy_kernels(size_t *count);

// seewhy_force leaves out instructions that the processor has: 1 those for
// vectors of 16 numbers, 2 those for 8, too, 0 none.
void seewhy_force(int without);

#endif
