#ifndef TLS_H
#define TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ssl.h>

// TLS with the settings of net001. OpenSSL reads records from the input of the server and writes records to a buffer of the server,
// without a copy between: a burst takes one recv and one send, however many records it has.

// The largest content of a record.
enum { TLS_CONTENT_BYTES = 16 * 1024 };

enum tls_result {
    TLS_OK,
    TLS_ENDED,
    TLS_FAILED,
};

// The context of all connections; NULL, after a line on standard error, when a file cannot be used.
SSL_CTX *tls_context(const char *certificate_path, const char *key_path);

// The TLS of one connection; NULL when the process has no memory.
SSL *tls_open(SSL_CTX *context);

// Takes `count` bytes from the peer: continues the handshake, and decrypts it to `plain`. The content needs at most `count` bytes, and
// TLS_CONTENT_BYTES for a record that began earlier. Records of the handshake are in `tls_records` afterwards, whatever the result.
enum tls_result tls_receive(SSL *tls, const uint8_t *input, size_t count, uint8_t *plain, size_t capacity, size_t *plain_count);

// Encrypts `count` bytes to `tls_records`. Returns false when TLS has failed.
bool tls_encrypt(SSL *tls, const void *bytes, size_t count);

// Writes a close_notify to `tls_records`.
void tls_end(SSL *tls);

// The records to send. The caller sends or copies them before it uses TLS again, and sets `count` to 0.
extern struct tls_records {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
} tls_records;

#endif
