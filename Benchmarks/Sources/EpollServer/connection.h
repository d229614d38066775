#ifndef CONNECTION_H
#define CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

// Bytes that wait for one socket or, after a broadcast, for many. Freed with the last segment that refers to them.
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
    // Input is ignored; what waits is still sent, then the sending side is shut.
    CLOSING,
    // The sending side is shut. Input is read and thrown away until the peer closes: closing with unread input would
    // send a reset, which can overtake the ERROR that tells the peer why.
    LINGERING,
    // The descriptor is closed; the struct goes at the end of the turn, as events of this turn may still name it.
    CLOSED,
};

// At rest a connection owns nothing but this struct.
struct connection {
    int descriptor;
    uint32_t index;  // in server.connections
    enum phase phase;
    bool peer_ended;  // the peer has shut its sending side or is gone: reading must go on to the end of the stream
    bool paused;      // not read, because too much waits to be sent
    bool ready;       // in server.ready
    uint8_t checksum_mismatches;  // in a row
    uint8_t refused_auths;
    uint16_t logged_broadcasts;  // how many of those in the server's log are this connection's own

    // The start of a frame whose end has not come.
    uint8_t *partial;
    uint32_t partial_count;
    uint32_t partial_capacity;

    // What the socket did not take.
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

// Both return false where memory or the connection is lost; the caller closes it then.
bool connection_keep_partial(struct connection *connection, const uint8_t *bytes, size_t count);
bool connection_append(struct connection *connection, struct shared_bytes *shared, size_t offset, size_t count);

// Sends what waits until the socket takes no more. False: the connection is lost.
bool connection_drain(struct connection *connection);

// Frees what the connection owns, apart from its descriptor and itself.
void connection_release_buffers(struct connection *connection);

// What the socket took of `vectors`; 0 when it is full, -1 when the connection is lost.
ssize_t send_vectors(int descriptor, struct iovec *vectors, size_t count);

#endif
