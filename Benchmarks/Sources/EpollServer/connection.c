#include "connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/ssl.h>

enum { DRAIN_VECTORS = 64, SMALLEST_PARTIAL_BYTES = 64 };

struct shared_bytes *shared_bytes_copy(const void *bytes, size_t count) {
    struct shared_bytes *shared = malloc(sizeof *shared + count);
    if (shared == NULL) return NULL;
    shared->references = 1;
    memcpy(shared->bytes, bytes, count);
    return shared;
}

void shared_bytes_release(struct shared_bytes *shared) {
    if (--shared->references == 0) free(shared);
}

bool connection_keep_partial(struct connection *connection, const uint8_t *bytes, size_t count) {
    if (count == 0) {
        if (connection->partial != NULL) {
            free(connection->partial);
            connection->partial = NULL;
            connection->partial_capacity = 0;
        }
    } else {
        if (count > connection->partial_capacity) {
            // Allocate room for the bytes that have arrived, not for the announced size: a few bytes must not
            // cost 64 KiB.
            size_t capacity = SMALLEST_PARTIAL_BYTES;
            while (capacity < count) capacity *= 2;
            uint8_t *partial = malloc(capacity);
            if (partial == NULL) return false;
            free(connection->partial);
            connection->partial = partial;
            connection->partial_capacity = (uint32_t)capacity;
        }
        memcpy(connection->partial, bytes, count);
    }
    connection->partial_count = (uint32_t)count;
    return true;
}

bool connection_append(struct connection *connection, struct shared_bytes *shared, size_t offset, size_t count) {
    struct segment *segment = malloc(sizeof *segment);
    if (segment == NULL) return false;
    *segment = (struct segment){.shared = shared, .offset = offset, .count = count};
    shared->references++;
    if (connection->last == NULL) {
        connection->first = segment;
    } else {
        connection->last->next = segment;
    }
    connection->last = segment;
    connection->waiting_bytes += count;
    return true;
}

static void remove_first(struct connection *connection) {
    struct segment *segment = connection->first;
    connection->first = segment->next;
    if (connection->first == NULL) connection->last = NULL;
    shared_bytes_release(segment->shared);
    free(segment);
}

static void remove_sent(struct connection *connection, size_t sent) {
    connection->waiting_bytes -= sent;
    while (sent > 0) {
        struct segment *segment = connection->first;
        if (sent < segment->count) {
            segment->offset += sent;
            segment->count -= sent;
            return;
        }
        sent -= segment->count;
        remove_first(connection);
    }
}

bool connection_drain(struct connection *connection) {
    while (connection->first != NULL) {
        struct iovec vectors[DRAIN_VECTORS];
        size_t count = 0, offered = 0;
        for (struct segment *segment = connection->first; segment != NULL && count < DRAIN_VECTORS;
             segment = segment->next) {
            vectors[count++] = (struct iovec){segment->shared->bytes + segment->offset, segment->count};
            offered += segment->count;
        }
        ssize_t sent = send_vectors(connection->descriptor, vectors, count);
        if (sent < 0) return false;
        remove_sent(connection, (size_t)sent);
        // A socket that does not accept all bytes is full, and EPOLLOUT will tell when it has room again.
        if ((size_t)sent < offered) return true;
    }
    return true;
}

void connection_release_buffers(struct connection *connection) {
    while (connection->first != NULL) remove_first(connection);
    connection->waiting_bytes = 0;
    (void)connection_keep_partial(connection, NULL, 0);
    SSL_free(connection->tls);
    connection->tls = NULL;
}

ssize_t send_vectors(int descriptor, struct iovec *vectors, size_t count) {
    for (;;) {
        ssize_t sent;
        if (count == 1) {
            sent = send(descriptor, vectors[0].iov_base, vectors[0].iov_len, MSG_NOSIGNAL);
        } else {
            struct msghdr message = {.msg_iov = vectors, .msg_iovlen = count};
            sent = sendmsg(descriptor, &message, MSG_NOSIGNAL);
        }
        if (sent >= 0) return sent;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
        if (errno != EINTR) return -1;
    }
}
