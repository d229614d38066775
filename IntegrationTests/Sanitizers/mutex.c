// Preloaded for runs under ThreadSanitizer. ThreadSanitizer does not see when the library of Swift's `Mutex` passes a lock to a
// waiting thread, and would report the accesses under that lock as a race. These functions tell it.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

typedef SWIFT void lock_slow(uint32_t, SELF);
typedef SWIFT void unlock_slow(SELF);

__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

SWIFT void told_lock_slow(uint32_t state, SELF mutex) __asm__(LOCK_SLOW);
SWIFT void told_unlock_slow(SELF mutex) __asm__(UNLOCK_SLOW);

static lock_slow *original_lock_slow;
static unlock_slow *original_unlock_slow;

__attribute__((constructor)) static void find_originals(void) {
    original_lock_slow = (lock_slow *)dlsym(RTLD_NEXT, LOCK_SLOW);
    original_unlock_slow = (unlock_slow *)dlsym(RTLD_NEXT, UNLOCK_SLOW);
}

SWIFT void told_lock_slow(uint32_t state, SELF mutex) {
    original_lock_slow(state, mutex);
    if (__tsan_acquire != NULL) __tsan_acquire(mutex);
}

SWIFT void told_unlock_slow(SELF mutex) {
    if (__tsan_release != NULL) __tsan_release(mutex);
    original_unlock_slow(mutex);
}
