#define _GNU_SOURCE
#include "CCounters.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

static atomic_bool counts_allocations, counts_references;
static atomic_uint_fast64_t allocations, retains, releases;

static void count_allocation(void) {
    if (atomic_load_explicit(&counts_allocations, memory_order_relaxed)) {
        atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    }
}

// Definitions of the program take precedence over those of the C library, in all loaded libraries.

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

void *malloc(size_t size) {
    count_allocation();
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    count_allocation();
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    count_allocation();
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count_allocation();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    count_allocation();
    void *result = __libc_memalign(alignment, size);
    if (result == NULL) return ENOMEM;
    *memory = result;
    return 0;
}

// The same applies to the Swift runtime: all Swift code of this program calls these functions.

static void *find(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (function == NULL) abort();
    return function;
}

#define FORWARDED(Result, name, counter, Parameters, arguments)                       \
    Result name Parameters {                                                          \
        static Result(*_Atomic itself) Parameters;                                    \
        Result(*function) Parameters = itself;                                        \
        if (function == NULL) itself = function = (Result(*) Parameters)find(#name); \
        if (atomic_load_explicit(&counts_references, memory_order_relaxed)) {         \
            atomic_fetch_add_explicit(&counter, 1, memory_order_relaxed);             \
        }                                                                             \
        return function arguments;                                                    \
    }

FORWARDED(void *, swift_retain, retains, (void *object), (object))
FORWARDED(void, swift_release, releases, (void *object), (object))
FORWARDED(void *, swift_retain_n, retains, (void *object, uint32_t count), (object, count))
FORWARDED(void, swift_release_n, releases, (void *object, uint32_t count), (object, count))
FORWARDED(void *, swift_bridgeObjectRetain, retains, (void *object), (object))
FORWARDED(void, swift_bridgeObjectRelease, releases, (void *object), (object))

void switchboard_count_allocations(void) { atomic_store(&counts_allocations, true); }

void switchboard_count_references(void) { atomic_store(&counts_references, true); }

struct switchboard_counts switchboard_counts(void) {
    return (struct switchboard_counts){
        .allocations = atomic_load(&allocations),
        .retains = atomic_load(&retains),
        .releases = atomic_load(&releases),
    };
}
