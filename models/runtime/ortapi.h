// What SeeWhy calls of ONNX Runtime's C interface beside its Go binding: the
// places of these functions in the library's table, which only ever grows at
// its end, and their types. TestOrtAPI compiles every line of it against the
// binding's own copy of the library's header.
#ifndef SEEWHY_ORTAPI_H
#define SEEWHY_ORTAPI_H

#include <stddef.h>
#include <stdint.h>

#ifndef ORT_API_VERSION
typedef struct OrtStatus OrtStatus;
typedef struct OrtSession OrtSession;
typedef struct OrtRunOptions OrtRunOptions;
typedef struct OrtIoBinding OrtIoBinding;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtCustomOpDomain OrtCustomOpDomain;
typedef struct OrtKernelInfo OrtKernelInfo;
typedef struct OrtKernelContext OrtKernelContext;
typedef struct OrtValue OrtValue;
typedef struct OrtTensorTypeAndShapeInfo OrtTensorTypeAndShapeInfo;
typedef struct OrtShapeInferContext OrtShapeInferContext;
typedef struct OrtApi OrtApi;
typedef struct OrtCustomOp OrtCustomOp;
typedef enum { ORT_INVALID_ARGUMENT = 2 } OrtErrorCode;
typedef enum { ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT = 1 } ONNXTensorElementDataType;
typedef enum { INPUT_OUTPUT_REQUIRED = 0, INPUT_OUTPUT_VARIADIC = 2 } OrtCustomOpInputOutputCharacteristic;
typedef enum { OrtArenaAllocator = 1 } OrtAllocatorType;
typedef enum { OrtMemTypeDefault = 0 } OrtMemType;
typedef enum { OrtMemoryInfoDeviceType_CPU = 0 } OrtMemoryInfoDeviceType;
#endif

// CUSTOM_OP lists the fields of an operator of our own: result, name, parameters.
#define CUSTOM_OP(FIELD) \
	FIELD(void *, CreateKernel, (const OrtCustomOp *, const OrtApi *, const OrtKernelInfo *)) \
	FIELD(const char *, GetName, (const OrtCustomOp *)) \
	FIELD(const char *, GetExecutionProviderType, (const OrtCustomOp *)) \
	FIELD(ONNXTensorElementDataType, GetInputType, (const OrtCustomOp *, size_t)) \
	FIELD(size_t, GetInputTypeCount, (const OrtCustomOp *)) \
	FIELD(ONNXTensorElementDataType, GetOutputType, (const OrtCustomOp *, size_t)) \
	FIELD(size_t, GetOutputTypeCount, (const OrtCustomOp *)) \
	FIELD(void, KernelCompute, (void *, OrtKernelContext *)) \
	FIELD(void, KernelDestroy, (void *)) \
	FIELD(OrtCustomOpInputOutputCharacteristic, GetInputCharacteristic, (const OrtCustomOp *, size_t)) \
	FIELD(OrtCustomOpInputOutputCharacteristic, GetOutputCharacteristic, (const OrtCustomOp *, size_t)) \
	FIELD(OrtMemType, GetInputMemoryType, (const OrtCustomOp *, size_t)) \
	FIELD(int, GetVariadicInputMinArity, (const OrtCustomOp *)) \
	FIELD(int, GetVariadicInputHomogeneity, (const OrtCustomOp *)) \
	FIELD(int, GetVariadicOutputMinArity, (const OrtCustomOp *)) \
	FIELD(int, GetVariadicOutputHomogeneity, (const OrtCustomOp *)) \
	FIELD(OrtStatus *, CreateKernelV2, (const OrtCustomOp *, const OrtApi *, const OrtKernelInfo *, void **)) \
	FIELD(OrtStatus *, KernelComputeV2, (void *, OrtKernelContext *)) \
	FIELD(OrtStatus *, InferOutputShapeFn, (const OrtCustomOp *, OrtShapeInferContext *)) \
	FIELD(int, GetStartVersion, (const OrtCustomOp *)) \
	FIELD(int, GetEndVersion, (const OrtCustomOp *)) \
	FIELD(size_t, GetMayInplace, (int **, int **)) \
	FIELD(void, ReleaseMayInplace, (int *, int *)) \
	FIELD(size_t, GetAliasMap, (int **, int **)) \
	FIELD(void, ReleaseAliasMap, (int *, int *))

#ifndef ORT_API_VERSION
#define ORT_FIELD(result, name, parameters) result(*name) parameters;
struct OrtCustomOp {
	uint32_t version;
	CUSTOM_OP(ORT_FIELD)
};
#endif

// The version of the table that is asked for: the binding's.
#define SEEWHY_ORT_VERSION 24

// ORT_CALLS lists name, place in the table, result and parameters.
#define ORT_CALLS(CALL) \
	CALL(CreateStatus, 0, OrtStatus *, (OrtErrorCode, const char *)) \
	CALL(GetErrorMessage, 2, const char *, (const OrtStatus *)) \
	CALL(CreateCustomOpDomain, 26, OrtStatus *, (const char *, OrtCustomOpDomain **)) \
	CALL(CustomOpDomain_Add, 27, OrtStatus *, (OrtCustomOpDomain *, const OrtCustomOp *)) \
	CALL(AddCustomOpDomain, 28, OrtStatus *, (OrtSessionOptions *, OrtCustomOpDomain *)) \
	CALL(SessionGetInputCount, 30, OrtStatus *, (const OrtSession *, size_t *)) \
	CALL(GetTensorMutableData, 51, OrtStatus *, (OrtValue *, void **)) \
	CALL(GetDimensionsCount, 61, OrtStatus *, (const OrtTensorTypeAndShapeInfo *, size_t *)) \
	CALL(GetDimensions, 62, OrtStatus *, (const OrtTensorTypeAndShapeInfo *, int64_t *, size_t)) \
	CALL(GetTensorTypeAndShape, 65, OrtStatus *, (const OrtValue *, OrtTensorTypeAndShapeInfo **)) \
	CALL(CreateCpuMemoryInfo, 69, OrtStatus *, (OrtAllocatorType, OrtMemType, OrtMemoryInfo **)) \
	CALL(KernelInfoGetAttribute_int64, 86, OrtStatus *, (const OrtKernelInfo *, const char *, int64_t *)) \
	CALL(KernelContext_GetInputCount, 88, OrtStatus *, (const OrtKernelContext *, size_t *)) \
	CALL(KernelContext_GetOutputCount, 89, OrtStatus *, (const OrtKernelContext *, size_t *)) \
	CALL(KernelContext_GetInput, 90, OrtStatus *, (const OrtKernelContext *, size_t, const OrtValue **)) \
	CALL(KernelContext_GetOutput, 91, OrtStatus *, (OrtKernelContext *, size_t, const int64_t *, size_t, OrtValue **)) \
	CALL(ReleaseStatus, 93, void, (OrtStatus *)) \
	CALL(ReleaseTensorTypeAndShapeInfo, 99, void, (OrtTensorTypeAndShapeInfo *)) \
	CALL(RunWithBinding, 133, OrtStatus *, (OrtSession *, const OrtRunOptions *, const OrtIoBinding *)) \
	CALL(BindOutputToDevice, 138, OrtStatus *, (OrtIoBinding *, const char *, const OrtMemoryInfo *)) \
	CALL(KernelInfoGetAttributeArray_float, 162, OrtStatus *, (const OrtKernelInfo *, const char *, float *, size_t *)) \
	CALL(KernelInfoGetAttributeArray_int64, 163, OrtStatus *, (const OrtKernelInfo *, const char *, int64_t *, size_t *)) \
	CALL(MemoryInfoGetDeviceType, 225, void, (const OrtMemoryInfo *, OrtMemoryInfoDeviceType *)) \
	CALL(KernelContext_ParallelFor, 274, OrtStatus *, (const OrtKernelContext *, void (*)(void *, size_t), size_t, size_t, void *)) \
	CALL(SessionGetMemoryInfoForInputs, 380, OrtStatus *, (const OrtSession *, const OrtMemoryInfo **, size_t))

#define ORT_TYPE(name, place, result, parameters) typedef result(*ort_##name) parameters;
ORT_CALLS(ORT_TYPE)

#define ORT_PLACE(name, place, result, parameters) enum { ort_place_##name = place };
ORT_CALLS(ORT_PLACE)

// ORT is a function of a table.
#define ORT(table, name) ((ort_##name)((void *const *)(table))[ort_place_##name])

#endif
