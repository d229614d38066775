#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/tcp.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define RETRY(type, call)                           \
    ({                                              \
        type result_;                               \
        do {                                        \
            result_ = (call);                       \
        } while (result_ < 0 && errno == EINTR);    \
        result_ < 0 ? (type)-errno : result_;       \
    })

uintptr_t linux_thread_identity(void) { return (uintptr_t)pthread_self(); }

struct thread_start {
    void (*body)(void *context);
    void *context;
};

static void *run_thread(void *argument) {
    struct thread_start start = *(struct thread_start *)argument;
    free(argument);
    start.body(start.context);
    return NULL;
}

int linux_start_thread(void (*body)(void *context), void *context) {
    struct thread_start *start = malloc(sizeof *start);
    pthread_attr_t attributes;
    if (start == NULL || pthread_attr_init(&attributes) != 0) {
        free(start);
        return -ENOMEM;
    }
    *start = (struct thread_start){body, context};
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    // A thread inherits the signal mask of its creator.
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    int error = pthread_create(&thread, &attributes, run_thread, start);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attributes);
    if (error != 0) free(start);
    return -error;
}

static pthread_mutex_t signal_lock = PTHREAD_MUTEX_INITIALIZER;
static int signal_pipe[2] = {-1, -1};
static struct {
    unsigned count;
    struct sigaction before;
} trapped_signals[NSIG];

/// The signal handler, which can interrupt any code: it may call only the functions that signal-safety(7) lists.
static void note_signal(int signal) {
    int error = errno;
    uint8_t number = (uint8_t)signal;
    (void)!write(signal_pipe[1], &number, 1);
    errno = error;
}

int linux_trap_signal(int signal) {
    if (signal <= 0 || signal >= NSIG) return -EINVAL;
    pthread_mutex_lock(&signal_lock);
    int result = 0;
    if (signal_pipe[0] < 0) result = RETRY(int, pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK));
    if (result >= 0 && trapped_signals[signal].count == 0) {
        struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
        (void)sigemptyset(&action.sa_mask);
        result = RETRY(int, sigaction(signal, &action, &trapped_signals[signal].before));
    }
    if (result >= 0) trapped_signals[signal].count++;
    pthread_mutex_unlock(&signal_lock);
    return result;
}

void linux_release_signal(int signal) {
    if (signal <= 0 || signal >= NSIG) return;
    pthread_mutex_lock(&signal_lock);
    if (trapped_signals[signal].count > 0 && --trapped_signals[signal].count == 0) {
        (void)sigaction(signal, &trapped_signals[signal].before, NULL);
    }
    pthread_mutex_unlock(&signal_lock);
}

int linux_signal_descriptor(void) { return signal_pipe[0]; }

int linux_next_signal(void) {
    uint8_t number;
    return RETRY(ssize_t, read(signal_pipe[0], &number, 1)) == 1 ? number : 0;
}

// More cores than any system has.
#define MAXIMUM_CORES 65536

int linux_usable_cores(void) {
    // The call fails while the set has fewer bits than the system has cores.
    for (int cores = CPU_SETSIZE; cores <= MAXIMUM_CORES; cores *= 2) {
        cpu_set_t *set = CPU_ALLOC(cores);
        if (set == NULL) break;
        size_t size = CPU_ALLOC_SIZE(cores);
        int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (count > 0) return count;
    }
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : online > MAXIMUM_CORES ? MAXIMUM_CORES : (int)online;
}

void linux_return_freed_memory(void) {
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
}

int linux_epoll_create(void) { return RETRY(int, epoll_create1(EPOLL_CLOEXEC)); }

int linux_epoll_add(int epoll, int descriptor, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.u64 = token};
    return RETRY(int, epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event));
}

int linux_epoll_add_listener(int epoll, int descriptor, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLET | EPOLLEXCLUSIVE, .data.u64 = token};
    return RETRY(int, epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event));
}

int linux_epoll_add_counter(int epoll, int descriptor, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = token};
    return RETRY(int, epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event));
}

int linux_epoll_remove(int epoll, int descriptor) {
    struct epoll_event unused = {0};
    return RETRY(int, epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &unused));
}

int linux_epoll_wait(int epoll, struct epoll_event *events, int capacity, int timeout_milliseconds) {
    return RETRY(int, epoll_wait(epoll, events, capacity, timeout_milliseconds));
}

int linux_eventfd_create(void) { return RETRY(int, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

void linux_eventfd_signal(int descriptor) {
    uint64_t one = 1;
    (void)RETRY(ssize_t, write(descriptor, &one, sizeof one));
}

int linux_timerfd_create(void) { return RETRY(int, timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)); }

void linux_timerfd_arm(int descriptor, uint64_t nanoseconds) {
    struct itimerspec when = {
        .it_value = {.tv_sec = (time_t)(nanoseconds / 1000000000), .tv_nsec = (long)(nanoseconds % 1000000000)},
    };
    (void)timerfd_settime(descriptor, TFD_TIMER_ABSTIME, &when, NULL);
}

uint64_t linux_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int linux_stream_socket(int family) {
    return RETRY(int, socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

int linux_bind(int descriptor, const struct sockaddr_storage *address, socklen_t length) {
    return RETRY(int, bind(descriptor, (const struct sockaddr *)address, length));
}

int linux_listen(int descriptor, int backlog) { return RETRY(int, listen(descriptor, backlog)); }

int linux_connect(int descriptor, const struct sockaddr_storage *address, socklen_t length) {
    // Not repeated after an interruption, because the attempt continues.
    if (connect(descriptor, (const struct sockaddr *)address, length) == 0) return 0;
    return errno == EINTR ? -EINPROGRESS : -errno;
}

static int socket_option(int descriptor, int option) {
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(descriptor, SOL_SOCKET, option, &value, &length) < 0 ? -errno : value;
}

int linux_adopt_listener(int descriptor) {
    int type = socket_option(descriptor, SO_TYPE);
    if (type < 0) return type;
    if (type != SOCK_STREAM || socket_option(descriptor, SO_ACCEPTCONN) != 1) return -EINVAL;
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) return -errno;
    return fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0;
}

int linux_set_file_mode(const char *path, unsigned mode) { return RETRY(int, chmod(path, (mode_t)mode)); }

bool linux_socket_file_identity(const char *path, uint64_t *device, uint64_t *file) {
    struct stat status;
    if (lstat(path, &status) < 0 || !S_ISSOCK(status.st_mode)) return false;
    *device = (uint64_t)status.st_dev;
    *file = (uint64_t)status.st_ino;
    return true;
}

int linux_lock_directory(const char *path) {
    char copy[PATH_MAX];
    if (strlen(path) >= sizeof copy) return -ENAMETOOLONG;
    strcpy(copy, path);
    int directory = RETRY(int, open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory < 0) return directory;
    int result = RETRY(int, flock(directory, LOCK_EX | LOCK_NB));
    if (result >= 0) return directory;
    (void)close(directory);
    return result;
}

int linux_socket_file_is_alive(const struct sockaddr_storage *address, socklen_t length) {
    // The system searches for the socket of the file before it compares the types. Without such a socket, it
    // refuses the attempt; with a socket of another type, it reports the wrong type, whether or not the socket
    // listens.
    int descriptor = RETRY(int, socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (descriptor < 0) return descriptor;
    int result = linux_connect(descriptor, address, length);
    (void)close(descriptor);
    return result != -ECONNREFUSED;
}

int linux_remove_file(const char *path) { return RETRY(int, unlink(path)); }

int linux_accept(int descriptor, struct sockaddr_storage *address) {
    socklen_t length = sizeof *address;
    return RETRY(int, accept4(descriptor, (struct sockaddr *)address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

int linux_duplicate(int descriptor) { return RETRY(int, fcntl(descriptor, F_DUPFD_CLOEXEC, 0)); }

void linux_stop_listening(int descriptor) { (void)shutdown(descriptor, SHUT_RDWR); }

int linux_local_address(int descriptor, struct sockaddr_storage *address) {
    socklen_t length = sizeof *address;
    return RETRY(int, getsockname(descriptor, (struct sockaddr *)address, &length));
}

int linux_set_option(int descriptor, int level, int option, int value) {
    return RETRY(int, setsockopt(descriptor, level, option, &value, sizeof value));
}

void linux_set_no_delay(int descriptor) { (void)linux_set_option(descriptor, IPPROTO_TCP, TCP_NODELAY, 1); }

int linux_set_reuse_address(int descriptor) { return linux_set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1); }

int linux_set_ipv6_only(int descriptor, bool only) {
    return linux_set_option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, only);
}

int linux_take_error(int descriptor) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return errno;
    return error;
}

ssize_t linux_receive(int descriptor, void *buffer, size_t capacity) {
    return RETRY(ssize_t, recv(descriptor, buffer, capacity, 0));
}

ssize_t linux_receive_two(int descriptor, void *first, size_t first_capacity, void *second, size_t second_capacity) {
    struct iovec pieces[2] = {{first, first_capacity}, {second, second_capacity}};
    return RETRY(ssize_t, readv(descriptor, pieces, 2));
}

ssize_t linux_send(int descriptor, const void *bytes, size_t count) {
    return RETRY(ssize_t, send(descriptor, bytes, count, MSG_NOSIGNAL));
}

ssize_t linux_send_vector(int descriptor, struct iovec *pieces, size_t count) {
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
    return RETRY(ssize_t, sendmsg(descriptor, &message, MSG_NOSIGNAL));
}

int linux_shutdown_output(int descriptor) { return RETRY(int, shutdown(descriptor, SHUT_WR)); }

int linux_open_spare(void) { return RETRY(int, open("/dev/null", O_RDONLY | O_CLOEXEC)); }

void linux_make_room_for_descriptors(int count) {
    int descriptor = linux_open_spare();
    if (descriptor < 0) return;
    int last = RETRY(int, fcntl(descriptor, F_DUPFD_CLOEXEC, count - 1));
    if (last >= 0) (void)close(last);
    (void)close(descriptor);
}

void linux_close(int descriptor) { (void)close(descriptor); }

void linux_close_with_reset(int descriptor) {
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    (void)close(descriptor);
}

ssize_t linux_access_list(int descriptor, void *buffer, size_t capacity) {
    ssize_t size = fgetxattr(descriptor, "system.posix_acl_access", buffer, capacity);
    if (size >= 0) return size;
    return errno == ENODATA || errno == ENOTSUP ? 0 : -errno;
}

void linux_error_text(int error, char *buffer, size_t capacity) {
    if (capacity == 0) return;
    const char *text = strerror_r(error, buffer, capacity);
    if (text != buffer) (void)snprintf(buffer, capacity, "%s", text);
}
