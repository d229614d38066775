#ifndef CJETSTREAM_H
#define CJETSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A log in a JetStream stream, over libnats: one connection, without reconnection. Only CJetStream.c uses libnats. Without the package
// trait NATS, the file is empty.
//
// Times are milliseconds, points in time nanoseconds since 1970. A function that returns bool fills in the failure when it returns
// false.

enum {
    /// The size of the text of a failure, in bytes.
    jetstream_text_size = 320,
    /// The size of the identity of a server, in bytes.
    jetstream_identity_size = 128,
};

/// The kinds of failures.
typedef enum {
    /// No connection to the server, for the reason in the text.
    jetstream_unreachable,
    /// The host has no address, for the reason in the text.
    jetstream_unknown_host,
    /// No server accepts connections at the host and port.
    jetstream_no_server,
    /// The connection has closed.
    jetstream_closed,
    /// The server has not replied in time.
    jetstream_silent,
    /// The server does not accept the credentials.
    jetstream_unauthorized,
    /// The user has no permission; the text is the server's.
    jetstream_forbidden,
    /// The server requires TLS.
    jetstream_requires_tls,
    /// The server does not offer TLS.
    jetstream_offers_no_tls,
    /// TLS has failed.
    jetstream_tls_failed,
    /// The peer does not use the protocol of NATS.
    jetstream_no_nats,
    /// The server has no receiver for the request: JetStream is disabled, or no stream has the subject.
    jetstream_no_responders,
    /// The message is larger than the server allows.
    jetstream_too_large,
    /// JetStream has rejected the request: see the code.
    jetstream_rejected,
    /// The stream does not exist.
    jetstream_no_stream,
    /// A stream with this name and other settings exists.
    jetstream_other_settings,
    /// The subscription has missed messages or heartbeats.
    jetstream_interrupted,
    /// libnats rejects a setting, or has no memory.
    jetstream_invalid,
} jetstream_kind;

/// A failure.
typedef struct {
    jetstream_kind kind;
    /// The error code of JetStream, or 0.
    int code;
    char text[jetstream_text_size];
} jetstream_failure;

/// The text of a failure: one line.
const char *jetstream_text(const jetstream_failure *failure);

/// One connection.
typedef struct jetstream_log jetstream_log;

/// Attempts to connect, which another thread can end.
typedef struct jetstream_attempts jetstream_attempts;

/// Makes attempts; NULL without memory.
jetstream_attempts *jetstream_attempts_create(void);

/// Ends the attempt that is in progress, and every later one, from any thread. An attempt whose TCP connection is not established
/// yet goes on until then, or until its timeout.
void jetstream_attempts_stop(jetstream_attempts *attempts);

/// Releases the memory. No attempt may be in progress.
void jetstream_attempts_free(jetstream_attempts *attempts);

/// How to connect. Texts that are NULL are not used.
typedef struct {
    const char *url;
    /// The host and the port in the URL.
    const char *host;
    uint16_t port;
    const char *user, *password, *token;
    const char *credentials_path;
    const char *public_key, *seed_path;
    bool uses_tls, verifies;
    const char *authorities_path, *certificate_path, *key_path, *server_name;
    const char *client_name;
    int64_t connect_timeout;
    int64_t reply_timeout;
    /// What can end the attempt; NULL for nothing but the timeout.
    jetstream_attempts *attempts;
} jetstream_options;

/// Connects; NULL, with a failure, when that is not possible. Blocks for the connect timeout at most, and for look-ups of the host.
jetstream_log *jetstream_connect(const jetstream_options *options, jetstream_failure *failure);

/// Closes the connection, from any thread: calls on other threads return.
void jetstream_close(jetstream_log *log);

/// Closes the connection and releases its memory. No other call may be in progress.
void jetstream_free(jetstream_log *log);

/// Whether the connection has closed, and the failure if it has.
bool jetstream_is_closed(jetstream_log *log, jetstream_failure *failure);

/// The identity of the run of the server: a restarted server has another one.
bool jetstream_identity(jetstream_log *log, char identity[jetstream_identity_size], jetstream_failure *failure);

/// The largest message that the server takes, in bytes.
int64_t jetstream_maximum_payload(jetstream_log *log);

/// The state and the settings of a stream. A limit of -1 means no limit.
typedef struct {
    int64_t created;
    uint64_t last_sequence;
    int64_t last_time;
    int64_t maximum_bytes, maximum_messages, maximum_messages_per_subject, maximum_age;
    int64_t maximum_message_size;
    bool has_subject, keeps_until_limits, discards_old, is_sealed, acknowledges;
} jetstream_stream;

/// Reads the state and the settings of the stream.
bool jetstream_find(
    jetstream_log *log, const char *name, const char *subject, jetstream_stream *stream, jetstream_failure *failure
);

/// Makes a stream with one subject that discards its oldest messages above a number of bytes.
bool jetstream_create(
    jetstream_log *log, const char *name, const char *subject, int64_t maximum_bytes, bool in_memory, int replicas,
    jetstream_stream *stream, jetstream_failure *failure
);

/// Begins to receive the messages from a sequence number on, or from a time on when `sequence` is 0.
bool jetstream_subscribe(
    jetstream_log *log, const char *name, const char *subject, uint64_t sequence, int64_t time, jetstream_failure *failure
);

/// Appends a message, and waits until the server has stored it.
bool jetstream_publish(
    jetstream_log *log, const char *subject, const void *bytes, size_t count, uint64_t *sequence, jetstream_failure *failure
);

/// A message, which is valid until it is released.
typedef struct {
    void *handle;
    const void *bytes;
    size_t count;
    uint64_t sequence;
    int64_t time;
} jetstream_message;

/// Waits for the next message. Returns true without a handle when none arrives in time.
bool jetstream_next(jetstream_log *log, int64_t timeout, jetstream_message *message, jetstream_failure *failure);
void jetstream_release(jetstream_message *message);

#endif
