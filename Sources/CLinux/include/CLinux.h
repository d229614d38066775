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

/// A number of the calling thread that no other running thread has; never 0.
uintptr_t linux_thread_identity(void);

/// Runs `body` with `context` on a new detached thread. The thread blocks all signals.
int linux_start_thread(void (*body)(void *context), void *context);

// MARK: Signals

/// Records a signal from now on, in place of its former effect. Calls for the same signal are counted.
int linux_trap_signal(int signal);

/// Undoes one call of `linux_trap_signal`. The last call restores the former effect of the signal.
void linux_release_signal(int signal);

/// The descriptor to read the numbers of recorded signals from, one byte for each signal, in order. All signals share
/// it. It is non-blocking, and negative until a signal is trapped.
int linux_signal_descriptor(void);

/// The number of the next recorded signal; 0 when none is left.
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

/// Watches a listening socket, edge-triggered. If several epoll sets watch the socket, a client wakes one of those that wait.
int linux_epoll_add_listener(int epoll, int descriptor, uint64_t token);

/// Watches an event counter or a timer, edge-triggered. Each signal is one event, even if the count is never read.
int linux_epoll_add_counter(int epoll, int descriptor, uint64_t token);

/// Stops watching `descriptor`.
int linux_epoll_remove(int epoll, int descriptor);

/// Waits for events, at most `timeout_milliseconds`; returns the number of events, at most `capacity`.
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

/// A new event counter, which becomes readable when it is signalled.
int linux_eventfd_create(void);

void linux_eventfd_signal(int descriptor);

/// A new timer on the monotonic clock.
int linux_timerfd_create(void);

/// Sets the timer to `nanoseconds` on the monotonic clock; 0 disarms it.
void linux_timerfd_arm(int descriptor, uint64_t nanoseconds);

/// The monotonic clock, in nanoseconds.
uint64_t linux_monotonic_nanoseconds(void);

// MARK: Sockets

/// A new non-blocking TCP or Unix-domain stream socket that child processes do not inherit.
int linux_stream_socket(int family);

int linux_bind(int descriptor, const struct sockaddr_storage *address, socklen_t length);
int linux_listen(int descriptor, int backlog);

/// Begins to connect; -EINPROGRESS when the attempt continues.
int linux_connect(int descriptor, const struct sockaddr_storage *address, socklen_t length);

/// Takes over a listening stream socket; -ENOTSOCK or -EINVAL when the descriptor is not one.
int linux_adopt_listener(int descriptor);

/// Sets the permissions of the file of a Unix-domain socket.
int linux_set_file_mode(const char *path, unsigned mode);

/// The identity of a socket file; 0 when the path has no file, or the file is not a socket.
bool linux_socket_file_identity(const char *path, uint64_t *device, uint64_t *file);

/// Opens the directory of `path`, and locks it; -EWOULDBLOCK when another process has the lock.
int linux_lock_directory(const char *path);

/// Whether a process has a socket that is bound to the file of `address`, even if the socket does not listen yet.
int linux_socket_file_is_alive(const struct sockaddr_storage *address, socklen_t length);

/// Removes a file.
int linux_remove_file(const char *path);

/// Accepts a connection as a non-blocking socket that child processes do not inherit.
int linux_accept(int descriptor, struct sockaddr_storage *address);

/// Another descriptor of the same socket, which child processes do not inherit.
int linux_duplicate(int descriptor);

/// Ends listening for all descriptors of a listening socket: clients are refused, and accepting fails.
void linux_stop_listening(int descriptor);

/// The address to which a socket is bound.
int linux_local_address(int descriptor, struct sockaddr_storage *address);

/// Sets an option whose value is an `int`.
int linux_set_option(int descriptor, int level, int option, int value);

/// Sends small segments at once.
void linux_set_no_delay(int descriptor);

/// Allows a server to listen again on a port with old connections.
int linux_set_reuse_address(int descriptor);

/// Sets whether an IPv6 listener accepts only IPv6 connections, or IPv4 connections too.
int linux_set_ipv6_only(int descriptor, bool only);

/// The error that is pending on a socket, as a positive errno; 0 for none. Clears it.
int linux_take_error(int descriptor);

/// Receives bytes; returns their number, or 0 at the peer's end.
ssize_t linux_receive(int descriptor, void *buffer, size_t capacity);

/// Receives into two pieces of memory, the first one first.
ssize_t linux_receive_two(int descriptor, void *first, size_t first_capacity, void *second, size_t second_capacity);

/// Sends bytes; returns the number that the socket accepted. Never raises SIGPIPE.
ssize_t linux_send(int descriptor, const void *bytes, size_t count);

/// Sends from up to 1,024 pieces of memory, as `linux_send` does.
ssize_t linux_send_vector(int descriptor, struct iovec *pieces, size_t count);

/// Shuts down the output, which tells the peer that no more output follows.
int linux_shutdown_output(int descriptor);

/// A descriptor of `/dev/null`, to close when the process has no others left.
int linux_open_spare(void);

/// Makes the table of descriptors large enough for `count` (1 or more), unless they are more than the limit allows.
void linux_make_room_for_descriptors(int count);

/// Closes a descriptor. The call is never repeated, because the descriptor is closed even when `close` fails.
void linux_close(int descriptor);

/// Closes a socket with a reset, and drops the pending output.
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
