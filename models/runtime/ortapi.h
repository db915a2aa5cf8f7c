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
typedef enum { OrtArenaAllocator = 1 } OrtAllocatorType;
typedef enum { OrtMemTypeDefault = 0 } OrtMemType;
typedef enum { OrtMemoryInfoDeviceType_CPU = 0 } OrtMemoryInfoDeviceType;
#endif

// The version of the table that is asked for: the binding's.
#define SEEWHY_ORT_VERSION 24

// ORT_CALLS lists name, place in the table, result and parameters.
#define ORT_CALLS(CALL) \
	CALL(GetErrorMessage, 2, const char *, (const OrtStatus *)) \
	CALL(SessionGetInputCount, 30, OrtStatus *, (const OrtSession *, size_t *)) \
	CALL(CreateCpuMemoryInfo, 69, OrtStatus *, (OrtAllocatorType, OrtMemType, OrtMemoryInfo **)) \
	CALL(ReleaseStatus, 93, void, (OrtStatus *)) \
	CALL(RunWithBinding, 133, OrtStatus *, (OrtSession *, const OrtRunOptions *, const OrtIoBinding *)) \
	CALL(BindOutputToDevice, 138, OrtStatus *, (OrtIoBinding *, const char *, const OrtMemoryInfo *)) \
	CALL(MemoryInfoGetDeviceType, 225, void, (const OrtMemoryInfo *, OrtMemoryInfoDeviceType *)) \
	CALL(SessionGetMemoryInfoForInputs, 380, OrtStatus *, (const OrtSession *, const OrtMemoryInfo **, size_t))

#define ORT_TYPE(name, place, result, parameters) typedef result(*ort_##name) parameters;
ORT_CALLS(ORT_TYPE)

#define ORT_PLACE(name, place, result, parameters) enum { ort_place_##name = place };
ORT_CALLS(ORT_PLACE)

// ORT is a function of a table.
#define ORT(table, name) ((ort_##name)((void *const *)(table))[ort_place_##name])

#endif
