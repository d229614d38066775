#ifndef SERVER_H
#define SERVER_H

#include "connection.h"
#include "frame.h"

enum {
    READ_BYTES = 128 * 1024,
    REPLY_BYTES = 256 * 1024,
    LOG_BYTES = 1024 * 1024,
    // A connection that sent some of the broadcasts in the log gets the others in at most one range more than it sent,
    // and one call takes at most 1,024 ranges.
    LOG_ENTRIES = 1000,
    // Above the first limit, a connection is not read until it is below the second one. Above the third limit, it is
    // closed.
    HIGH_WATER_BYTES = 256 * 1024,
    LOW_WATER_BYTES = 64 * 1024,
    MAXIMUM_WAITING_BYTES = 4 * 1024 * 1024,
    LINGER_MILLISECONDS = 5000,
};

struct log_entry {
    const struct connection *sender;
    uint32_t offset;
    uint32_t count;
};

struct server {
    int epoll;
    int listener;
    int stop;      // a signalfd
    SSL_CTX *tls;  // NULL without TLS
    int spare;     // given up for a moment when there are no descriptors left, to accept and close; -1: lost

    struct connection **connections;
    uint32_t connection_count;
    uint32_t connection_capacity;

    struct connection *ready;  // to be read again without waiting for an event
    struct connection *closed;
    struct connection *first_lingering;  // in the order of their deadlines
    struct connection *last_lingering;

    // Reads go to offset MAXIMUM_FRAME_BYTES, so that the start of an incomplete frame always fits before them.
    uint8_t *input;
    // With TLS, the records that were read; their content goes to `input`.
    uint8_t *encrypted;
    // The replies to the current connection.
    uint8_t *replies;
    size_t reply_count;
    // The broadcasts to send at the end of the iteration: consecutive frames, so that most receivers get them in one
    // range.
    uint8_t *log;
    size_t log_count;
    struct log_entry log_entries[LOG_ENTRIES];
    size_t log_entry_count;
};

// Serves until SIGTERM or SIGINT. The descriptors and buffers of `server` must be set.
void server_run(struct server *server);

// For the protocol: returns room for `count` bytes at the end of the replies to the current connection.
uint8_t *server_reserve_reply(struct server *server, struct connection *connection, size_t count);
void server_broadcast(struct server *server, struct connection *sender, const uint8_t *frame, size_t count);

// For the server: handles the whole frames in `bytes`, and returns their size in bytes. The rest is the start of a
// frame, unless the phase of the connection says that it closes.
size_t protocol_answer(struct server *server, struct connection *connection, const uint8_t *bytes, size_t count);

#endif
