#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tls.h"

enum { EVENTS_PER_TURN = 512, ACCEPTS_PER_TURN = 256, LINGER_CHECK_MILLISECONDS = 1000 };

static int64_t now_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void mark_ready(struct server *server, struct connection *connection) {
    if (connection->ready) return;
    connection->ready = true;
    connection->next_ready = server->ready;
    server->ready = connection;
}

// Closing

static void start_linger_deadline(struct server *server, struct connection *connection) {
    if (connection->lingers_until_milliseconds != 0) return;
    connection->lingers_until_milliseconds = now_milliseconds() + LINGER_MILLISECONDS;
    connection->previous_lingering = server->last_lingering;
    if (server->last_lingering == NULL) {
        server->first_lingering = connection;
    } else {
        server->last_lingering->next_lingering = connection;
    }
    server->last_lingering = connection;
}

static void remove_linger_deadline(struct server *server, struct connection *connection) {
    if (connection->lingers_until_milliseconds == 0) return;
    if (connection->previous_lingering == NULL) {
        server->first_lingering = connection->next_lingering;
    } else {
        connection->previous_lingering->next_lingering = connection->next_lingering;
    }
    if (connection->next_lingering == NULL) {
        server->last_lingering = connection->previous_lingering;
    } else {
        connection->next_lingering->previous_lingering = connection->previous_lingering;
    }
    connection->lingers_until_milliseconds = 0;
}

static void close_connection(struct server *server, struct connection *connection) {
    if (connection->phase == CLOSED) return;
    connection->phase = CLOSED;
    remove_linger_deadline(server, connection);
    connection_release_buffers(connection);
    close(connection->descriptor);
    struct connection *last = server->connections[--server->connection_count];
    server->connections[connection->index] = last;
    last->index = connection->index;
    connection->next_closed = server->closed;
    server->closed = connection;
}

static void free_closed(struct server *server) {
    struct connection *kept = NULL;
    while (server->closed != NULL) {
        struct connection *connection = server->closed;
        server->closed = connection->next_closed;
        if (connection->ready) {
            // The next iteration removes it from the list of connections to read, and then frees it.
            connection->next_closed = kept;
            kept = connection;
        } else {
            free(connection);
        }
    }
    server->closed = kept;
}

static void close_overdue(struct server *server) {
    if (server->first_lingering == NULL) return;
    int64_t now = now_milliseconds();
    while (server->first_lingering != NULL && server->first_lingering->lingers_until_milliseconds <= now) {
        close_connection(server, server->first_lingering);
    }
}

static void send_records(struct server *server, struct connection *connection);

// Shuts down the output of a closing connection that has sent everything.
static void shut_if_sent(struct server *server, struct connection *connection) {
    if (connection->phase != CLOSING || connection->first != NULL) return;
    if (connection->tls != NULL && !connection->has_ended_tls) {
        connection->has_ended_tls = true;
        tls_end(connection->tls);
        send_records(server, connection);
        if (connection->phase != CLOSING || connection->first != NULL) return;
    }
    shutdown(connection->descriptor, SHUT_WR);
    connection->phase = LINGERING;
    start_linger_deadline(server, connection);
    mark_ready(server, connection);
}

// Output

static void drain(struct server *server, struct connection *connection) {
    if (!connection_drain(connection)) {
        close_connection(server, connection);
        return;
    }
    if (connection->paused && connection->waiting_bytes <= LOW_WATER_BYTES) {
        connection->paused = false;
        // Events that arrived in the meantime were ignored.
        mark_ready(server, connection);
    }
    shut_if_sent(server, connection);
}

static void bound_waiting(struct server *server, struct connection *connection) {
    if (connection->waiting_bytes > MAXIMUM_WAITING_BYTES) {
        close_connection(server, connection);
    } else if (connection->waiting_bytes > HIGH_WATER_BYTES) {
        connection->paused = true;
    }
}

// Adds `vectors` without their first `sent` bytes to the pending output. They point into `origin`, of which `copy` is
// a copy.
static bool append_rest(struct connection *connection, struct shared_bytes *copy, const uint8_t *origin,
                        const struct iovec *vectors, size_t count, size_t sent) {
    for (size_t i = 0; i < count; i++) {
        size_t skipped = sent < vectors[i].iov_len ? sent : vectors[i].iov_len;
        sent -= skipped;
        if (skipped == vectors[i].iov_len) continue;
        size_t offset = (size_t)((const uint8_t *)vectors[i].iov_base - origin) + skipped;
        if (!connection_append(connection, copy, offset, vectors[i].iov_len - skipped)) return false;
    }
    return true;
}

// Sends `bytes`, and keeps a copy of those that the socket does not accept.
static void send_bytes(struct server *server, struct connection *connection, const uint8_t *bytes, size_t count) {
    size_t sent = 0;
    // If output is pending, the socket is full, and the pending output must be sent first.
    if (connection->first == NULL) {
        struct iovec vector = {(void *)bytes, count};
        ssize_t result = send_vectors(connection->descriptor, &vector, 1);
        if (result < 0) {
            close_connection(server, connection);
            return;
        }
        sent = (size_t)result;
        if (sent == count) return;
    }
    struct shared_bytes *rest = shared_bytes_copy(bytes + sent, count - sent);
    bool kept = rest != NULL && connection_append(connection, rest, 0, count - sent);
    if (rest != NULL) shared_bytes_release(rest);
    if (!kept) {
        close_connection(server, connection);
        return;
    }
    bound_waiting(server, connection);
}

static void send_records(struct server *server, struct connection *connection) {
    size_t count = tls_records.count;
    tls_records.count = 0;
    if (count > 0) send_bytes(server, connection, tls_records.bytes, count);
}

static void send_replies(struct server *server, struct connection *connection) {
    size_t count = server->reply_count;
    server->reply_count = 0;
    if (count == 0 || connection->phase == CLOSED) return;
    if (connection->tls == NULL) {
        send_bytes(server, connection, server->replies, count);
    } else if (tls_encrypt(connection->tls, server->replies, count)) {
        send_records(server, connection);
    } else {
        close_connection(server, connection);
    }
}

uint8_t *server_reserve_reply(struct server *server, struct connection *connection, size_t count) {
    if (REPLY_BYTES - server->reply_count < count) send_replies(server, connection);
    uint8_t *room = server->replies + server->reply_count;
    server->reply_count += count;
    return room;
}

// Broadcasts

// The log without the frames that `connection` sent.
static size_t make_runs(struct server *server, const struct connection *connection, struct iovec *runs) {
    if (connection->logged_broadcasts == 0) {
        runs[0] = (struct iovec){server->log, server->log_count};
        return 1;
    }
    size_t count = 0;
    bool extends = false;
    for (size_t i = 0; i < server->log_entry_count; i++) {
        const struct log_entry *entry = &server->log_entries[i];
        if (entry->sender == connection) {
            extends = false;
        } else if (extends) {
            runs[count - 1].iov_len += entry->count;
        } else {
            runs[count++] = (struct iovec){server->log + entry->offset, entry->count};
            extends = true;
        }
    }
    return count;
}

static void send_encrypted(struct server *server, struct connection *connection, const struct iovec *runs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (tls_encrypt(connection->tls, runs[i].iov_base, runs[i].iov_len)) continue;
        tls_records.count = 0;
        close_connection(server, connection);
        return;
    }
    send_records(server, connection);
}

// Sends the log to `connection`. The log is reused, so bytes that a socket does not accept are kept in a copy,
// `*copy`, which is made when first needed and shared by all such connections.
static void send_log(struct server *server, struct connection *connection, struct shared_bytes **copy) {
    struct iovec runs[LOG_ENTRIES + 1];
    size_t count = make_runs(server, connection, runs);
    if (count == 0) return;
    if (connection->tls != NULL) {
        send_encrypted(server, connection, runs, count);
        return;
    }
    size_t total = 0, sent = 0;
    for (size_t i = 0; i < count; i++) total += runs[i].iov_len;
    bool was_waiting = connection->first != NULL;
    if (!was_waiting) {
        ssize_t result = send_vectors(connection->descriptor, runs, count);
        if (result < 0) {
            close_connection(server, connection);
            return;
        }
        sent = (size_t)result;
        if (sent == total) return;
    }
    if (*copy == NULL) *copy = shared_bytes_copy(server->log, server->log_count);
    if (*copy == NULL || !append_rest(connection, *copy, server->log, runs, count, sent)) {
        close_connection(server, connection);
        return;
    }
    // During an iteration with many broadcasts, a fast reader may have made room that no event has reported yet.
    if (was_waiting && connection->waiting_bytes > HIGH_WATER_BYTES) drain(server, connection);
    if (connection->phase != CLOSED) bound_waiting(server, connection);
}

static void distribute_log(struct server *server) {
    if (server->log_entry_count == 0) return;
    struct shared_bytes *copy = NULL;
    // Backwards, because a closed connection is replaced by the last one, which is done already.
    for (uint32_t i = server->connection_count; i-- > 0;) {
        struct connection *connection = server->connections[i];
        if (connection->phase == OPEN) send_log(server, connection, &copy);
        connection->logged_broadcasts = 0;
    }
    if (copy != NULL) shared_bytes_release(copy);
    server->log_count = 0;
    server->log_entry_count = 0;
}

void server_broadcast(struct server *server, struct connection *sender, const uint8_t *frame, size_t count) {
    if (server->log_entry_count == LOG_ENTRIES || LOG_BYTES - server->log_count < count) distribute_log(server);
    memcpy(server->log + server->log_count, frame, count);
    server->log_entries[server->log_entry_count++] =
        (struct log_entry){.sender = sender, .offset = (uint32_t)server->log_count, .count = (uint32_t)count};
    server->log_count += count;
    sender->logged_broadcasts++;
}

// Input

static void answer_input(struct server *server, struct connection *connection, size_t received) {
    uint8_t *start = server->input + MAXIMUM_FRAME_BYTES - connection->partial_count;
    size_t count = connection->partial_count + received;
    if (connection->partial_count > 0) memcpy(start, connection->partial, connection->partial_count);
    size_t answered = protocol_answer(server, connection, start, count);
    // Before the replies, so that the state of the connection is final when the peer reads them.
    bool kept = connection->phase != OPEN || connection_keep_partial(connection, start + answered, count - answered);
    send_replies(server, connection);
    if (!kept) close_connection(server, connection);
    if (connection->phase == CLOSING) {
        start_linger_deadline(server, connection);
        shut_if_sent(server, connection);
    }
}

static void end_input(struct server *server, struct connection *connection) {
    if (connection->phase == OPEN && connection->first != NULL) {
        // The peer has ended only its own side, and still gets its replies.
        connection->phase = CLOSING;
    } else {
        close_connection(server, connection);
    }
}

// Returns the number of bytes that were read, 0 at the end, or -1. With TLS, `*count` is the number of bytes in `server->input`.
static ssize_t receive(struct server *server, struct connection *connection, size_t *count) {
    uint8_t *plain = server->input + MAXIMUM_FRAME_BYTES;
    uint8_t *bytes = connection->tls != NULL ? server->encrypted : plain;
    ssize_t received = recv(connection->descriptor, bytes, READ_BYTES, 0);
    *count = received > 0 ? (size_t)received : 0;
    if (received <= 0 || connection->tls == NULL || connection->phase != OPEN) return received;
    enum tls_result result = tls_receive(connection->tls, bytes, (size_t)received, plain, READ_BYTES + TLS_CONTENT_BYTES, count);
    send_records(server, connection);
    if (result == TLS_FAILED) close_connection(server, connection);
    if (result == TLS_ENDED) connection->peer_ended = true;
    return received;
}

static void read_connection(struct server *server, struct connection *connection) {
    if (connection->phase == CLOSED || connection->phase == CLOSING) return;
    if (connection->phase == OPEN && connection->paused) return;
    size_t count = 0;
    ssize_t received = receive(server, connection, &count);
    if (received < 0) {
        if (errno == EINTR) {
            mark_ready(server, connection);
        } else if (errno != EAGAIN && errno != EWOULDBLOCK) {
            close_connection(server, connection);
        }
        return;
    }
    if (received == 0) {
        end_input(server, connection);
        return;
    }
    if (connection->phase == OPEN && count > 0) answer_input(server, connection, count);
    // A short read has emptied the socket, and an event will report more input, unless this was the last event.
    bool goes_on = received == READ_BYTES || connection->peer_ended;
    if (goes_on && connection->phase != CLOSED) mark_ready(server, connection);
}

static void handle_event(struct server *server, struct connection *connection, uint32_t events) {
    if (connection->phase == CLOSED) return;
    if (events & EPOLLERR) {
        close_connection(server, connection);
        return;
    }
    if (events & (EPOLLRDHUP | EPOLLHUP)) connection->peer_ended = true;
    if ((events & EPOLLOUT) && connection->first != NULL) drain(server, connection);
    if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP)) && !connection->ready) read_connection(server, connection);
}

// Accepting

static bool make_room(struct server *server) {
    if (server->connection_count < server->connection_capacity) return true;
    uint32_t capacity = server->connection_capacity == 0 ? 1024 : server->connection_capacity * 2;
    struct connection **connections = realloc(server->connections, capacity * sizeof *connections);
    if (connections == NULL) return false;
    server->connections = connections;
    server->connection_capacity = capacity;
    return true;
}

static void add_connection(struct server *server, int descriptor) {
    struct connection *connection = make_room(server) ? calloc(1, sizeof *connection) : NULL;
    SSL *tls = server->tls != NULL ? tls_open(server->tls) : NULL;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = connection};
    if (connection == NULL || (server->tls != NULL && tls == NULL)
        || epoll_ctl(server->epoll, EPOLL_CTL_ADD, descriptor, &event) < 0) {
        SSL_free(tls);
        free(connection);
        close(descriptor);
        return;
    }
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection->descriptor = descriptor;
    connection->tls = tls;
    connection->index = server->connection_count;
    server->connections[server->connection_count++] = connection;
}

// Without a descriptor left, waiting clients would wake the server again and again. The spare descriptor is used to
// accept and close them.
static void turn_away(struct server *server) {
    if (server->spare >= 0) close(server->spare);
    int descriptor = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
    if (descriptor >= 0) close(descriptor);
    server->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    // Wait a moment, so that the loop does not spin.
    if (descriptor < 0) usleep(1000);
}

static void accept_connections(struct server *server) {
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        int descriptor = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            add_connection(server, descriptor);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            turn_away(server);
            return;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        }
    }
}

// The loop

static void read_ready(struct server *server, struct connection *ready) {
    while (ready != NULL) {
        struct connection *connection = ready;
        ready = connection->next_ready;
        connection->ready = false;
        read_connection(server, connection);
    }
}

void server_run(struct server *server) {
    struct epoll_event events[EVENTS_PER_TURN];
    for (;;) {
        struct connection *ready = server->ready;
        server->ready = NULL;
        int timeout = ready != NULL ? 0 : server->first_lingering != NULL ? LINGER_CHECK_MILLISECONDS : -1;
        int count = epoll_wait(server->epoll, events, EVENTS_PER_TURN, timeout);
        for (int i = 0; i < count; i++) {
            void *of = events[i].data.ptr;
            if (of == &server->stop) return;
            if (of == &server->listener) {
                accept_connections(server);
            } else {
                handle_event(server, of, events[i].events);
            }
        }
        read_ready(server, ready);
        distribute_log(server);
        close_overdue(server);
        free_closed(server);
    }
}
