package runtime

/*
#include <malloc.h>

static void seewhy_frugal(void) {
#ifdef M_MMAP_THRESHOLD
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}
*/
import "C"

import "sync"

// giveBack makes the C library map every block of a megabyte or more on its
// own, so that freeing it gives the memory back: by default its threshold
// grows with use, up to 32 MB, and freed tensors stay with the process.
var giveBack = sync.OnceFunc(func() { C.seewhy_frugal() })
