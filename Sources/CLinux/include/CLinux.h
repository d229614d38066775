#ifndef CLINUX_H
#define CLINUX_H

#if !defined(__linux__)
#error "Switchboard's transport is written for Linux (epoll, eventfd, timerfd); other systems are not supported yet"
#endif

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

// System calls for the transport. Unless said otherwise, each returns 0 or more when it succeeds and the negated errno when
// it fails, and starts again when a signal interrupts it.

// MARK: Threads

/// The identity of the calling thread, which no other running thread has. Never 0.
uintptr_t linux_thread_identity(void);

/// Runs `body` with `context` on a new detached thread. The thread blocks all signals.
int linux_start_thread(void (*body)(void *context), void *context);

// MARK: Signals

/// Notes a signal from now on, instead of its former effect. Calls for the same signal are counted.
int linux_trap_signal(int signal);

/// Takes one call of `linux_trap_signal` back; the last one restores the former effect of the signal.
void linux_release_signal(int signal);

/// The descriptor from which the numbers of noted signals are read, a byte each, in their order. All signals share it, and it
/// does not block. Negative as long as no signal has been trapped.
int linux_signal_descriptor(void);

/// The number of the next noted signal; 0 when none is left.
int linux_next_signal(void);

// MARK: Processors

/// The number of processor cores on which the calling thread may run: at least 1.
int linux_usable_cores(void);

// MARK: Memory

/// Returns freed memory to the system, if the C library can do so. Takes milliseconds.
void linux_return_freed_memory(void);

// MARK: Polling

/// A new epoll descriptor.
int linux_epoll_create(void);

/// Watches `descriptor` for input, urgent input, output, the peer's end and errors, edge-triggered. Events carry `token`.
int linux_epoll_add(int epoll, int descriptor, uint64_t token);

/// Stops watching `descriptor`.
int linux_epoll_remove(int epoll, int descriptor);

/// Waits up to `timeout_milliseconds` for events; returns how many of the `capacity` were filled in.
int linux_epoll_wait(int epoll, struct epoll_event *events, int capacity, int timeout_milliseconds);

static inline uint64_t linux_event_token(const struct epoll_event *event) { return event->data.u64; }
static inline uint32_t linux_event_flags(const struct epoll_event *event) { return event->events; }

enum {
    linux_event_readable = EPOLLIN,
    linux_event_urgent = EPOLLPRI,
    linux_event_writable = EPOLLOUT,
    linux_event_ended = EPOLLRDHUP | EPOLLHUP,
    linux_event_failed = EPOLLERR,
};

/// A new event counter: a poll of it wakes when it is signalled.
int linux_eventfd_create(void);

void linux_eventfd_signal(int descriptor);

/// A new timer on the monotonic clock.
int linux_timerfd_create(void);

/// Makes the timer fire once at `nanoseconds` of the monotonic clock; 0 disarms it.
void linux_timerfd_arm(int descriptor, uint64_t nanoseconds);

/// Takes what an event counter or a timer has counted, so that it no longer reads as ready.
void linux_counter_clear(int descriptor);

/// The monotonic clock, in nanoseconds.
uint64_t linux_monotonic_nanoseconds(void);

// MARK: Sockets

/// A new non-blocking TCP or Unix-domain stream socket that child processes do not inherit.
int linux_stream_socket(int family);

int linux_bind(int descriptor, const struct sockaddr_storage *address, socklen_t length);
int linux_listen(int descriptor, int backlog);

/// Begins to connect; -EINPROGRESS when the outcome will be seen later.
int linux_connect(int descriptor, const struct sockaddr_storage *address, socklen_t length);

/// Takes over a listening stream socket; -ENOTSOCK or -EINVAL when the descriptor is not one.
int linux_adopt_listener(int descriptor);

/// Gives the file of a Unix-domain socket its permissions.
int linux_set_file_mode(const char *path, unsigned mode);

/// The identity of the file of a socket while it exists; 0 when there is no file, or it is not a socket.
bool linux_socket_file_identity(const char *path, uint64_t *device, uint64_t *file);

/// Opens the directory that `path` is in, and locks it against others that do the same; -EWOULDBLOCK when one has.
int linux_lock_directory(const char *path);

/// Whether a socket is bound to the file of `address`, whether or not it listens yet; 0 when no process has it.
int linux_socket_file_is_alive(const struct sockaddr_storage *address, socklen_t length);

/// Removes a file.
int linux_remove_file(const char *path);

/// Accepts a connection as a non-blocking socket that child processes do not inherit.
int linux_accept(int descriptor, struct sockaddr_storage *address);

/// The address to which a socket is bound.
int linux_local_address(int descriptor, struct sockaddr_storage *address);

/// Sets an option whose value is an `int`.
int linux_set_option(int descriptor, int level, int option, int value);

/// Sends small segments at once.
void linux_set_no_delay(int descriptor);

/// Allows a server to listen again on a port with old connections.
int linux_set_reuse_address(int descriptor);

/// Whether an IPv6 listener takes IPv6 connections only, or IPv4 connections too.
int linux_set_ipv6_only(int descriptor, bool only);

/// The error that is pending on a socket, as a positive errno; 0 for none. Clears it.
int linux_take_error(int descriptor);

/// The number of received bytes, or 0 at the peer's end.
ssize_t linux_receive(int descriptor, void *buffer, size_t capacity);

/// Receives into two pieces of memory, the first one first.
ssize_t linux_receive_two(int descriptor, void *first, size_t first_capacity, void *second, size_t second_capacity);

/// The number of bytes that the socket took. Never raises SIGPIPE.
ssize_t linux_send(int descriptor, const void *bytes, size_t count);

/// Sends from up to 1,024 pieces of memory, as `linux_send` does.
ssize_t linux_send_vector(int descriptor, struct iovec *pieces, size_t count);

/// Tells the peer that no more will be sent.
int linux_shutdown_output(int descriptor);

/// A descriptor of `/dev/null`, to be closed when the process has no others left.
int linux_open_spare(void);

/// Closes a descriptor. Never starts again: the descriptor is closed even when `close` fails.
void linux_close(int descriptor);

/// Closes a socket with a reset, and drops the output that the peer has not taken.
void linux_close_with_reset(int descriptor);

// MARK: Files

/// Writes the POSIX access control list of an open file into `buffer`, as the kernel keeps it.
///
/// Returns its size in bytes, 0 when the file has none, or a negative errno.
ssize_t linux_access_list(int descriptor, void *buffer, size_t capacity);

// MARK: Names

/// Writes the text for an errno into `buffer`.
void linux_error_text(int error, char *buffer, size_t capacity);

#endif
