#ifndef CTLS_H
#define CTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// TLS with OpenSSL, from bytes to bytes, without a socket. Only CTLS.c uses the macros and the error queue of OpenSSL.
// Nothing of it is compiled without the package trait TLS.

enum {
    /// The size of the buffers for error texts, in bytes.
    tls_error_size = 256,
    /// The largest size of a record: its header, and the content that RFC 8446 (5.2) and RFC 5246 (6.2.3) allow.
    tls_record_header_size = 5,
    tls_maximum_content_size = 16384,
    tls_maximum_record_size = 5 + 16384 + 2048,
    /// The largest difference between a record that this side makes and its content: header, nonce of TLS 1.2, type and tag.
    tls_maximum_overhead_size = 32,
};

/// The context that all connections of a server, or of a client, share.
typedef struct tls_context tls_context;

/// The session of one connection.
typedef struct tls_session tls_session;

/// A context for TLS 1.2 and 1.3; NULL, with an error, when the process has no memory.
tls_context *tls_context_create(bool is_server, char *error);
void tls_context_free(tls_context *context);

/// Uses the certificates of one PEM file, with the key of another.
bool tls_context_use_certificate(tls_context *context, const char *chain_path, const char *key_path, char *error);

/// Returns the earliest time at which a certificate of the chain expires, in seconds since 1970-01-01 UTC; -1 if it is unknown.
int64_t tls_context_expiry(tls_context *context);

/// Trusts the CA certificates in a PEM file, or the CA certificates of the system.
bool tls_context_trust_file(tls_context *context, const char *path, char *error);
bool tls_context_trust_system(tls_context *context, char *error);

/// Refuses peers without a certificate from a trusted CA. A server also sends the names of the CAs in a file to its
/// clients.
void tls_context_verify_peer(tls_context *context);
bool tls_context_name_authorities(tls_context *context, const char *path, char *error);

/// Lets clients of a server resume their sessions with TLS 1.3 for `lifetime` seconds (1 or more).
///
/// Each context has keys of its own for tickets, so no other context resumes its sessions.
bool tls_context_issue_tickets(tls_context *context, int64_t lifetime, char *error);

/// Lets a client resume the sessions that its servers allow.
bool tls_context_keep_sessions(tls_context *context, char *error);

/// A session; NULL when the process has no memory.
tls_session *tls_session_create(tls_context *context, bool is_server);
void tls_session_free(tls_session *session);

/// Sends the host to the server if it is a name, and refuses a server whose certificate has another host. Resumes a session with the
/// host, if the context has kept one.
bool tls_session_expect_host(tls_session *session, const char *host, bool is_address, bool verifies);

enum tls_status {
    tls_status_done,
    /// The session needs more input.
    tls_status_needs_input,
    /// The peer has ended its side.
    tls_status_ended,
    /// A certificate is missing, or one end has rejected that of the other.
    tls_status_bad_certificate,
    /// The two ends have no version, cipher or group in common.
    tls_status_incompatible,
    /// Any other failure.
    tls_status_failed,
};

/// Lends `count` bytes of input (whole records) to the session, until the next call of this function.
void tls_session_lend_input(tls_session *session, const void *bytes, size_t count);

/// Begins the handshake, or continues it.
enum tls_status tls_session_handshake(tls_session *session, char *error);

/// Decrypts the lent record to at most `capacity` bytes; a record is larger than its content.
enum tls_status tls_session_read(tls_session *session, void *buffer, size_t capacity, size_t *count, char *error);

/// Encrypts `count` bytes, 1 or more, and writes the records to `room`. Records that it has no room for, or that follow others which
/// were not sent yet, are in the session's output instead.
enum tls_status tls_session_write(
    tls_session *session, const void *bytes, size_t count, void *room, size_t room_size, size_t *room_used, char *error
);

/// Makes a close_notify record.
void tls_session_end(tls_session *session);

/// The records to send, which are valid until the next call, and a function that removes them.
const void *tls_session_output(tls_session *session, size_t *count);
void tls_session_clear_output(tls_session *session);

#endif
