// Preloaded for runs under ThreadSanitizer, which does not see all that the libraries of Swift pass from thread to thread, and would
// report races. These functions tell it.
//
// - The library of `Mutex` passes a lock to a waiting thread.
// - The runtime passes on a continuation that is resumed before its task waits for it. It tells the release of the task, but the
//   acquisition only when a thread takes the task from a queue.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define AWAIT "swift_continuation_await"
#define SWIFT __attribute__((swiftcall))
#define SWIFT_ASYNC __attribute__((swiftasynccall))
#define SELF __attribute__((swift_context)) void *

typedef SWIFT void lock_slow(uint32_t, SELF);
typedef SWIFT void unlock_slow(SELF);
typedef SWIFT_ASYNC void await_continuation(void *continuation);
typedef SWIFT void *current_task(void);

__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

SWIFT void told_lock_slow(uint32_t state, SELF mutex) __asm__(LOCK_SLOW);
SWIFT void told_unlock_slow(SELF mutex) __asm__(UNLOCK_SLOW);
SWIFT_ASYNC void told_await(void *continuation) __asm__(AWAIT);

static lock_slow *original_lock_slow;
static unlock_slow *original_unlock_slow;
static await_continuation *original_await;
static current_task *find_current_task;

__attribute__((constructor)) static void find_originals(void) {
    original_lock_slow = (lock_slow *)dlsym(RTLD_NEXT, LOCK_SLOW);
    original_unlock_slow = (unlock_slow *)dlsym(RTLD_NEXT, UNLOCK_SLOW);
    original_await = (await_continuation *)dlsym(RTLD_NEXT, AWAIT);
    find_current_task = (current_task *)dlsym(RTLD_NEXT, "swift_task_getCurrent");
}

SWIFT void told_lock_slow(uint32_t state, SELF mutex) {
    original_lock_slow(state, mutex);
    if (__tsan_acquire != NULL) __tsan_acquire(mutex);
}

SWIFT void told_unlock_slow(SELF mutex) {
    if (__tsan_release != NULL) __tsan_release(mutex);
    original_unlock_slow(mutex);
}

SWIFT_ASYNC void told_await(void *continuation) {
    if (__tsan_acquire != NULL) __tsan_acquire(find_current_task());
    __attribute__((musttail)) return original_await(continuation);
}
