#ifndef CTLS_H
#define CTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// TLS over OpenSSL: bytes in, bytes out, no socket. The macros and the error queue of OpenSSL are used in CTLS.c alone.
// Nothing of it is compiled without the package trait TLS.

enum {
    /// The size of the buffers that errors are written to, in bytes.
    tls_error_size = 256,
    /// The largest record that may come: its header, and what RFC 8446 (5.2) and RFC 5246 (6.2.3) allow behind it.
    tls_record_header_size = 5,
    tls_maximum_record_size = 5 + 16384 + 2048,
};

/// The part that all connections of a server, or of a client, share.
typedef struct tls_context tls_context;

/// One connection.
typedef struct tls_session tls_session;

/// A context that offers TLS 1.2 and 1.3; NULL, with an error, when there is no memory.
tls_context *tls_context_create(bool is_server, char *error);
void tls_context_free(tls_context *context);

/// Uses the certificates of one PEM file, with the key of another.
bool tls_context_use_certificate(tls_context *context, const char *chain_path, const char *key_path, char *error);

/// Trusts the CA certificates in a PEM file, or those of the system.
bool tls_context_trust_file(tls_context *context, const char *path, char *error);
bool tls_context_trust_system(tls_context *context, char *error);

/// Refuses peers without a certificate of a trusted CA. A server also names the CAs of a file to its clients.
void tls_context_verify_peer(tls_context *context);
bool tls_context_name_authorities(tls_context *context, const char *path, char *error);

/// A connection; NULL when there is no memory.
tls_session *tls_session_create(tls_context *context, bool is_server);
void tls_session_free(tls_session *session);

/// Sends the host to the server if it is a name, and refuses a server whose certificate has another one.
bool tls_session_expect_host(tls_session *session, const char *host, bool is_address, bool verifies);

enum tls_status {
    tls_status_done,
    /// Nothing more can be done without further input.
    tls_status_needs_input,
    /// The peer has ended its side.
    tls_status_ended,
    tls_status_failed,
};

/// Lends the session `count` bytes of input, whole records, until the next call that does.
void tls_session_lend_input(tls_session *session, const void *bytes, size_t count);

/// Begins the handshake, or continues it.
enum tls_status tls_session_handshake(tls_session *session, char *error);

/// Decrypts lent input to up to `capacity` bytes.
enum tls_status tls_session_read(tls_session *session, void *buffer, size_t capacity, size_t *count, char *error);

/// Encrypts `count` bytes, 1 or more.
enum tls_status tls_session_write(tls_session *session, const void *bytes, size_t count, char *error);

/// Makes a close_notify record.
void tls_session_end(tls_session *session);

/// The records to send, valid until the next call; and their removal.
const void *tls_session_output(tls_session *session, size_t *count);
void tls_session_clear_output(tls_session *session);

/// The version that was agreed on: "TLSv1.3".
const char *tls_session_version(tls_session *session);

#endif
