#ifndef CONNECTION_H
#define CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include <openssl/types.h>

// Pending bytes for one socket or, after a broadcast, for many sockets. Freed with the last segment that refers to
// them.
struct shared_bytes {
    size_t references;
    uint8_t bytes[];
};

struct segment {
    struct segment *next;
    struct shared_bytes *shared;
    size_t offset;
    size_t count;
};

enum phase {
    OPEN,
    // Input is ignored. The pending output is still sent, then the output is shut down.
    CLOSING,
    // The output is shut down. Input is read and discarded until the peer closes. To close with unread input would
    // send a reset, which can overtake the ERROR for the peer.
    LINGERING,
    // The descriptor is closed. The struct is freed at the end of the iteration, because events of this iteration
    // may still refer to it.
    CLOSED,
};

// An idle connection has no memory except this struct and that of OpenSSL.
struct connection {
    int descriptor;
    uint32_t index;  // in server.connections
    enum phase phase;
    bool peer_ended;  // the peer has shut its sending side or is gone: reading must go on to the end of the stream
    bool paused;      // not read, because too much waits to be sent
    bool ready;       // in server.ready
    bool has_ended_tls;           // a close_notify was sent
    uint8_t checksum_mismatches;  // in a row
    uint8_t refused_auths;
    uint16_t logged_broadcasts;  // how many of those in the server's log are this connection's own

    SSL *tls;  // NULL without TLS

    // The start of an incomplete frame.
    uint8_t *partial;
    uint32_t partial_count;
    uint32_t partial_capacity;

    // The output that the socket did not accept.
    struct segment *first;
    struct segment *last;
    size_t waiting_bytes;

    struct connection *next_ready;
    struct connection *next_closed;
    struct connection *previous_lingering;
    struct connection *next_lingering;
    int64_t lingers_until_milliseconds;  // 0: it does not linger
};

struct shared_bytes *shared_bytes_copy(const void *bytes, size_t count);
void shared_bytes_release(struct shared_bytes *shared);

// Both return false when the process has no memory or the connection is lost; the caller then closes the connection.
bool connection_keep_partial(struct connection *connection, const uint8_t *bytes, size_t count);
bool connection_append(struct connection *connection, struct shared_bytes *shared, size_t offset, size_t count);

// Sends pending output until the socket is full. Returns false when the connection is lost.
bool connection_drain(struct connection *connection);

// Frees the memory of the connection, except the struct itself. Does not close the descriptor.
void connection_release_buffers(struct connection *connection);

// Sends `vectors`. Returns the number of accepted bytes: 0 when the socket is full, -1 when the connection is lost.
ssize_t send_vectors(int descriptor, struct iovec *vectors, size_t count);

#endif
