#ifndef PRIVATE_H
#define PRIVATE_H

#include "CTLS.h"

#include <openssl/ssl.h>

// What the files of this target share.

struct tickets;
struct kept_sessions;

struct tls_context {
    SSL_CTX *openssl;
    /// The keys of a server's tickets; NULL if it issues none.
    struct tickets *tickets;
    /// The sessions that a client can resume; NULL if it resumes none.
    struct kept_sessions *kept_sessions;
};

struct tls_session {
    SSL *openssl;
    tls_context *context;
    /// The host that a client expects.
    char *host;
    const uint8_t *input;
    size_t input_count;
    /// The memory that tls_session_write was called with.
    uint8_t *room;
    size_t room_size;
    size_t room_used;
    uint8_t *output;
    size_t output_count;
    size_t output_capacity;
};

/// Writes the error text, and empties the error queue of the thread; returns the code of the error.
unsigned long tls_take_error(char *error, const char *what);

/// Returns the session of an object of OpenSSL. Application data would take an allocation for each connection.
tls_session *tls_session_of(SSL *openssl);

void tickets_free(struct tickets *tickets);
void kept_sessions_free(struct kept_sessions *kept);

/// Takes the session that was kept for the host of `session`, if there is one, and resumes it.
void kept_sessions_resume(tls_session *session);

#endif
