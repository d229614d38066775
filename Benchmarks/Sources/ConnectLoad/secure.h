#ifndef SECURE_H
#define SECURE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <openssl/ssl.h>

// TLS 1.3 of the connections. The handshake runs in secure_send and secure_receive, which return and set `errno` as send and recv do.

// Turns TLS on; returns false, after a line on standard error, when the server's certificate in the PEM file cannot be used.
bool secure_begin(const char *certificate_path);
bool secure_is_on(void);

// Later connections resume the latest session that the server has issued; returns false if there is none.
bool secure_resume(void);

SSL *secure_open(int socket);
ssize_t secure_send(SSL *tls, const void *bytes, size_t count);
ssize_t secure_receive(SSL *tls, void *bytes, size_t count);

// Whether the handshake was full before secure_resume, and has resumed a session since.
bool secure_is_as_asked(SSL *tls);

void secure_close(SSL *tls);

#endif
