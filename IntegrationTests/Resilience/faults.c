// A library for LD_PRELOAD that injects faults into system calls on sockets: the worst that a kernel may do.
//
//     cc -shared -fPIC -O2 -o faults.so faults.c
//     FAULTS=short-read=500,interrupt=100 FAULTS_SEED=1 FAULTS_REPORT=counts LD_PRELOAD=./faults.so net001 serve
//
// FAULTS         The kinds of faults, each with its rate in thousandths of the calls that can have it. See `kinds`.
// FAULTS_SEED    The seed of the random numbers. Threads share the numbers, so no two runs are exactly the same.
// FAULTS_REPORT  A file with the number of faults of each kind in each call: uint64_t[KINDS][CALLS]. It is shared
//                memory: it has the faults of killed processes, too, and several processes add to it.
//
// Faults affect only descriptors that are watched edge-triggered for input and output at once, as Switchboard watches
// its own descriptors. The other sockets of the process (HTTP, names, the service manager) work normally.
//
// Each fault is one that a real kernel may cause, with the same consequences:
//
// - The sets are edge-triggered. After EAGAIN, or after an incomplete call, there is an event as soon as the socket has
//   input or room. Therefore an injected fault of these kinds rearms the descriptor (EPOLL_CTL_MOD), which causes an
//   event at once if the descriptor is ready. A process sees the same when the rest arrives, or is acknowledged, just
//   after the call. EAGAIN followed by an event also occurs when the kernel drops a packet because of its checksum
//   (see select(2)).
// - No event follows ENOBUFS and ENOMEM: the process must repeat the call itself.
// - A connection that was reset, broken or timed out stays in this state: it is shut down before the error is returned.
//   No more bytes are sent or received, and the peer sees the end.
// - ECONNABORTED and EPROTO concern a single connection that has gone, ahead of the other connections in the queue. They
//   never concern all connections, so a rate of 1000 would be unrealistic.
// - EMFILE and ENFILE occur in periods. During a period, every call that makes a descriptor fails, unless a descriptor
//   was closed since the period began. Otherwise, a spare descriptor for such periods would have no effect.
// - close is never interrupted: on Linux, the descriptor is closed, whatever close returns.
// - EINTR comes before the call has any effect. Linux seldom returns it for a non-blocking descriptor, but POSIX allows
//   it. connect returns it while the attempt continues, as in POSIX.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind {
    SHORT_READ,
    SHORT_WRITE,
    INTERRUPT,
    AGAIN,
    FEW_EVENTS,
    NO_MEMORY,
    RESET,
    BROKEN_PIPE,
    TIMED_OUT,
    ABORTED,
    ACCEPT_NO_MEMORY,
    NO_DESCRIPTORS,
    UNWATCHABLE,
    KINDS,
};

static const char *const kinds[KINDS] = {
    [SHORT_READ] = "short-read",              // fewer bytes than have arrived
    [SHORT_WRITE] = "short-write",            // fewer bytes than there is room for
    [INTERRUPT] = "interrupt",                // EINTR
    [AGAIN] = "again",                        // EAGAIN, and an event right behind it
    [FEW_EVENTS] = "few-events",              // epoll_wait returns one event where there may be more
    [NO_MEMORY] = "no-memory",                // ENOBUFS, ENOMEM
    [RESET] = "reset",                        // ECONNRESET
    [BROKEN_PIPE] = "broken-pipe",            // EPIPE
    [TIMED_OUT] = "timed-out",                // ETIMEDOUT, EHOSTUNREACH
    [ABORTED] = "aborted",                    // accept: ECONNABORTED, EPROTO
    [ACCEPT_NO_MEMORY] = "accept-no-memory",  // accept: ENOBUFS, ENOMEM
    [NO_DESCRIPTORS] = "no-descriptors",      // accept: EMFILE, ENFILE
    [UNWATCHABLE] = "unwatchable",            // epoll_ctl: ENOMEM, ENOSPC for a new connection
};

enum call { RECV, READV, SEND, SENDMSG, ACCEPT, EPOLL_WAIT, EPOLL_CTL, CONNECT, SHUTDOWN, WRITE, OPEN, CALLS };

// MARK: Settings

#define WATCHED_EVENTS (EPOLLIN | EPOLLET)
#define MAXIMUM_DESCRIPTORS (1 << 20)
#define MAXIMUM_SPELL 20  // calls that fail for want of descriptors before there are some again
#define FEW_BYTES 16      // half of all short reads and writes are of no more bytes than this

static unsigned rates[KINDS];
static uint64_t seed;
static _Atomic uint64_t unreported[KINDS][CALLS];
static _Atomic uint64_t (*counts)[CALLS] = unreported;

static void fail(const char *what, const char *which) {
    fprintf(stderr, "faults: %s: %s\n", what, which);
    _exit(99);
}

static void read_rates(char *list) {
    for (char *rest = list, *item; (item = strsep(&rest, ","));) {
        if (*item == 0) continue;
        char *value = strchr(item, '=');
        if (!value) fail("no rate", item);
        *value++ = 0;
        int kind = 0;
        while (kind < KINDS && strcmp(kinds[kind], item) != 0) kind++;
        if (kind == KINDS) fail("no such kind", item);
        rates[kind] = (unsigned)atoi(value);
    }
}

__attribute__((constructor)) static void begin(void) {
    const char *list = getenv("FAULTS"), *start = getenv("FAULTS_SEED"), *report = getenv("FAULTS_REPORT");
    if (!list) return;
    char *copy = strdup(list);
    read_rates(copy);
    free(copy);
    if (start) seed = strtoull(start, NULL, 10) << 32;
    if (!report) return;
    int file = open(report, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || ftruncate(file, sizeof unreported) < 0) fail("no report", report);
    void *shared = mmap(NULL, sizeof unreported, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared == MAP_FAILED) fail("no report", report);
    counts = shared;
    close(file);
}

// MARK: Chance

// SplitMix64 over a counter, which is its only state, so that threads need no lock.
static uint64_t chance(void) {
    static _Atomic uint64_t draws;
    uint64_t z = (seed + atomic_fetch_add(&draws, 1)) * 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

static bool strikes(enum kind kind) { return rates[kind] > 0 && chance() % 1000 < rates[kind]; }

static void count(enum kind kind, enum call call) { atomic_fetch_add(&counts[kind][call], 1); }

// Counts a fault, and sets errno to its error.
static int failed(enum kind kind, enum call call, int error) {
    count(kind, call);
    errno = error;
    return -1;
}

static int either(int one, int other) { return chance() % 2 ? one : other; }

// Returns a number of at least 1 and less than `size`, which is at least 2.
static size_t fewer(size_t size) {
    size_t most = size - 1;
    if (chance() % 2 && most > FEW_BYTES) most = FEW_BYTES;
    return 1 + chance() % most;
}

// MARK: Watched descriptors

enum role { UNKNOWN, CONNECTION, LISTENER, COUNTER, EPOLL };

// An entry is written before another thread gets the descriptor, and cleared before the descriptor is closed.
static struct {
    _Atomic int role;
    int epoll;
    struct epoll_event event;
} watched[MAXIMUM_DESCRIPTORS];

static enum role role(int descriptor) {
    if (descriptor < 0 || descriptor >= MAXIMUM_DESCRIPTORS) return UNKNOWN;
    return (enum role)atomic_load(&watched[descriptor].role);
}

#define REAL(name)                                                              \
    static __typeof__(name) *real;                                              \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name);

static int real_epoll_ctl(int epoll, int operation, int descriptor, struct epoll_event *event) {
    REAL(epoll_ctl)
    return real(epoll, operation, descriptor, event);
}

// Causes an event at once if the descriptor is ready.
static void arm_anew(int descriptor) {
    int before = errno;
    struct epoll_event event = watched[descriptor].event;
    int epoll = watched[descriptor].epoll;
    if (event.events & EPOLLEXCLUSIVE) {
        // Such an entry cannot be modified.
        (void)real_epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event);
        (void)real_epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
    } else {
        (void)real_epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event);
    }
    errno = before;
}

int epoll_ctl(int epoll, int operation, int descriptor, struct epoll_event *event) {
    bool in_range = descriptor >= 0 && descriptor < MAXIMUM_DESCRIPTORS && epoll >= 0 && epoll < MAXIMUM_DESCRIPTORS;
    if (operation == EPOLL_CTL_DEL && in_range) atomic_store(&watched[descriptor].role, UNKNOWN);
    if (operation != EPOLL_CTL_ADD || !in_range || (event->events & WATCHED_EVENTS) != WATCHED_EVENTS)
        return real_epoll_ctl(epoll, operation, descriptor, event);

    struct stat status;
    int listens = 0;
    socklen_t length = sizeof listens;
    bool is_socket = fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode);
    if (is_socket) (void)getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length);
    enum role role = !is_socket ? COUNTER : listens ? LISTENER : CONNECTION;
    if (role == CONNECTION && strikes(UNWATCHABLE)) return failed(UNWATCHABLE, EPOLL_CTL, either(ENOMEM, ENOSPC));
    // Set before the first event, which another thread may see before this call returns.
    watched[descriptor].epoll = epoll;
    watched[descriptor].event = *event;
    atomic_store(&watched[descriptor].role, role);
    atomic_store(&watched[epoll].role, EPOLL);
    int result = real_epoll_ctl(epoll, operation, descriptor, event);
    if (result < 0) atomic_store(&watched[descriptor].role, UNKNOWN);
    return result;
}

int epoll_wait(int epoll, struct epoll_event *events, int capacity, int timeout) {
    REAL(epoll_wait)
    if (role(epoll) != EPOLL) return real(epoll, events, capacity, timeout);
    if (strikes(INTERRUPT)) return failed(INTERRUPT, EPOLL_WAIT, EINTR);
    if (capacity > 1 && strikes(FEW_EVENTS)) {
        count(FEW_EVENTS, EPOLL_WAIT);
        capacity = 1;
    }
    return real(epoll, events, capacity, timeout);
}

// MARK: Descriptors

static _Atomic int spell;        // how many more calls fail for want of descriptors
static _Atomic int spell_error;  // EMFILE or ENFILE
static _Atomic int spell_closed; // how many were closed, and not made again, since the spell began

// Returns whether a call that makes a descriptor must fail for lack of descriptors.
static bool lacks_descriptor(enum call call) {
    if (atomic_load(&spell) <= 0) return false;
    if (atomic_load(&spell_closed) > 0) {
        atomic_fetch_sub(&spell_closed, 1);
        return false;
    }
    atomic_fetch_sub(&spell, 1);
    failed(NO_DESCRIPTORS, call, atomic_load(&spell_error));
    return true;
}

static void begin_spell(void) {
    if (atomic_load(&spell) > 0 || !strikes(NO_DESCRIPTORS)) return;
    atomic_store(&spell_closed, 0);
    atomic_store(&spell_error, either(EMFILE, ENFILE));
    atomic_store(&spell, 1 + (int)(chance() % MAXIMUM_SPELL));
}

int close(int descriptor) {
    REAL(close)
    if (descriptor >= 0 && descriptor < MAXIMUM_DESCRIPTORS) atomic_store(&watched[descriptor].role, UNKNOWN);
    int result = real(descriptor);
    if (result == 0 && atomic_load(&spell) > 0) atomic_fetch_add(&spell_closed, 1);
    return result;
}

int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags) {
    REAL(accept4)
    if (role(descriptor) != LISTENER) return real(descriptor, address, length, flags);
    if (strikes(INTERRUPT)) return failed(INTERRUPT, ACCEPT, EINTR);
    if (strikes(ABORTED)) return failed(ABORTED, ACCEPT, either(ECONNABORTED, EPROTO));
    if (strikes(ACCEPT_NO_MEMORY)) return failed(ACCEPT_NO_MEMORY, ACCEPT, either(ENOBUFS, ENOMEM));
    if (strikes(AGAIN)) {
        failed(AGAIN, ACCEPT, EAGAIN);
        arm_anew(descriptor);
        return -1;
    }
    begin_spell();
    return lacks_descriptor(ACCEPT) ? -1 : real(descriptor, address, length, flags);
}

// Faults affect only the spare descriptor, because a server opens other files at its start or on request.
int open(const char *path, int flags, ...) {
    REAL(open)
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (strcmp(path, "/dev/null") == 0 && lacks_descriptor(OPEN)) return -1;
    return real(path, flags, mode);
}

// MARK: Traffic

// Shuts down a connection, and lets the call fail.
static int broken(int descriptor, enum kind kind, enum call call, int error) {
    static __typeof__(shutdown) *real;
    if (!real) real = (__typeof__(shutdown) *)dlsym(RTLD_NEXT, "shutdown");
    (void)real(descriptor, SHUT_RDWR);
    return failed(kind, call, error);
}

// Returns whether a receiving call fails; if not, it must receive at most `*size` bytes.
static bool receiving_fails(int descriptor, enum call call, size_t *size, bool *is_short) {
    *is_short = false;
    if (role(descriptor) != CONNECTION) return false;
    if (strikes(INTERRUPT)) return failed(INTERRUPT, call, EINTR), true;
    if (strikes(RESET)) return broken(descriptor, RESET, call, ECONNRESET), true;
    if (strikes(TIMED_OUT)) return broken(descriptor, TIMED_OUT, call, either(ETIMEDOUT, EHOSTUNREACH)), true;
    if (strikes(NO_MEMORY)) return failed(NO_MEMORY, call, either(ENOBUFS, ENOMEM)), true;
    // Without input, nothing can be held back.
    int arrived = 0;
    if (ioctl(descriptor, FIONREAD, &arrived) < 0 || arrived <= 0) return false;
    if (strikes(AGAIN)) {
        failed(AGAIN, call, EAGAIN);
        arm_anew(descriptor);
        return true;
    }
    size_t most = (size_t)arrived < *size ? (size_t)arrived : *size;
    if (most > 1 && strikes(SHORT_READ)) {
        count(SHORT_READ, call);
        *size = fewer(most);
        *is_short = true;
    }
    return false;
}

// Returns whether a sending call fails; if not, it must send at most `*size` bytes.
static bool sending_fails(int descriptor, enum call call, size_t *size, bool *is_short) {
    *is_short = false;
    if (role(descriptor) != CONNECTION) return false;
    if (strikes(INTERRUPT)) return failed(INTERRUPT, call, EINTR), true;
    if (strikes(RESET)) return broken(descriptor, RESET, call, ECONNRESET), true;
    if (strikes(BROKEN_PIPE)) return broken(descriptor, BROKEN_PIPE, call, EPIPE), true;
    if (strikes(TIMED_OUT)) return broken(descriptor, TIMED_OUT, call, either(ETIMEDOUT, EHOSTUNREACH)), true;
    if (strikes(NO_MEMORY)) return failed(NO_MEMORY, call, either(ENOBUFS, ENOMEM)), true;
    if (strikes(AGAIN)) {
        failed(AGAIN, call, EAGAIN);
        arm_anew(descriptor);
        return true;
    }
    if (*size > 1 && strikes(SHORT_WRITE)) {
        count(SHORT_WRITE, call);
        *size = fewer(*size);
        *is_short = true;
    }
    return false;
}

// Copies the first `size` bytes of `pieces` to `part`; returns the number of pieces.
#define MAXIMUM_PIECES 1024
static int first_bytes(const struct iovec *pieces, int piece_count, size_t size, struct iovec *part) {
    int index = 0;
    for (; index < piece_count && index < MAXIMUM_PIECES && size > 0; index++) {
        part[index] = pieces[index];
        if (part[index].iov_len > size) part[index].iov_len = size;
        size -= part[index].iov_len;
    }
    return index;
}

static size_t total(const struct iovec *pieces, int piece_count) {
    size_t size = 0;
    for (int index = 0; index < piece_count; index++) size += pieces[index].iov_len;
    return size;
}

ssize_t recv(int descriptor, void *buffer, size_t size, int flags) {
    REAL(recv)
    bool is_short;
    if (receiving_fails(descriptor, RECV, &size, &is_short)) return -1;
    ssize_t result = real(descriptor, buffer, size, flags);
    if (is_short) arm_anew(descriptor);
    return result;
}

ssize_t readv(int descriptor, const struct iovec *pieces, int piece_count) {
    REAL(readv)
    bool is_short;
    size_t size = total(pieces, piece_count);
    if (receiving_fails(descriptor, READV, &size, &is_short)) return -1;
    if (!is_short) return real(descriptor, pieces, piece_count);
    struct iovec part[MAXIMUM_PIECES];
    ssize_t result = real(descriptor, part, first_bytes(pieces, piece_count, size, part));
    arm_anew(descriptor);
    return result;
}

ssize_t send(int descriptor, const void *buffer, size_t size, int flags) {
    REAL(send)
    bool is_short;
    if (sending_fails(descriptor, SEND, &size, &is_short)) return -1;
    ssize_t result = real(descriptor, buffer, size, flags);
    if (is_short) arm_anew(descriptor);
    return result;
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
    REAL(sendmsg)
    bool is_short;
    size_t size = total(message->msg_iov, (int)message->msg_iovlen);
    if (sending_fails(descriptor, SENDMSG, &size, &is_short)) return -1;
    if (!is_short) return real(descriptor, message, flags);
    struct iovec part[MAXIMUM_PIECES];
    struct msghdr shorter = *message;
    shorter.msg_iov = part;
    shorter.msg_iovlen = (size_t)first_bytes(message->msg_iov, (int)message->msg_iovlen, size, part);
    ssize_t result = real(descriptor, &shorter, flags);
    arm_anew(descriptor);
    return result;
}

int shutdown(int descriptor, int how) {
    REAL(shutdown)
    if (role(descriptor) == CONNECTION && strikes(RESET)) return broken(descriptor, RESET, SHUTDOWN, ENOTCONN);
    return real(descriptor, how);
}

int connect(int descriptor, const struct sockaddr *address, socklen_t length) {
    REAL(connect)
    int result = real(descriptor, address, length);
    // It is unknown whether this socket will be watched. But only a non-blocking socket is in progress.
    if (result < 0 && errno == EINPROGRESS && strikes(INTERRUPT)) return failed(INTERRUPT, CONNECT, EINTR);
    return result;
}

// Faults of the counters that wake a loop. A loop never reads them.

ssize_t write(int descriptor, const void *buffer, size_t size) {
    REAL(write)
    if (role(descriptor) == COUNTER && strikes(INTERRUPT)) return failed(INTERRUPT, WRITE, EINTR);
    return real(descriptor, buffer, size);
}
