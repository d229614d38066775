#include "tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

enum { SMALLEST_RECORDS_BYTES = 512 * 1024, SESSION_SECONDS = 3600, TICKETS = 1 };

struct tls_records tls_records;

// The input that OpenSSL has not read yet. One connection is handled at a time.
static const uint8_t *input;
static size_t input_count;

static int read_input(BIO *bio, char *buffer, int capacity) {
    BIO_clear_retry_flags(bio);
    if (capacity <= 0) return 0;
    if (input_count == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t count = input_count < (size_t)capacity ? input_count : (size_t)capacity;
    memcpy(buffer, input, count);
    input += count;
    input_count -= count;
    return (int)count;
}

static int write_records(BIO *bio, const char *bytes, int count) {
    BIO_clear_retry_flags(bio);
    if (count <= 0) return 0;
    size_t needed = tls_records.count + (size_t)count;
    if (needed > tls_records.capacity) {
        size_t capacity = tls_records.capacity == 0 ? SMALLEST_RECORDS_BYTES : tls_records.capacity;
        while (capacity < needed) capacity *= 2;
        uint8_t *larger = realloc(tls_records.bytes, capacity);
        if (larger == NULL) return -1;
        tls_records.bytes = larger;
        tls_records.capacity = capacity;
    }
    memcpy(tls_records.bytes + tls_records.count, bytes, (size_t)count);
    tls_records.count = needed;
    return count;
}

static long control(BIO *bio, int command, long number, void *pointer) {
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static BIO_METHOD *method;

SSL_CTX *tls_context(const char *certificate_path, const char *key_path) {
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "burst");
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (method == NULL || context == NULL || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1
        || SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1
        || SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") != 1
        || SSL_CTX_use_certificate_chain_file(context, certificate_path) != 1
        || SSL_CTX_use_PrivateKey_file(context, key_path, SSL_FILETYPE_PEM) != 1 || SSL_CTX_set_num_tickets(context, TICKETS) != 1) {
        ERR_print_errors_fp(stderr);
        return NULL;
    }
    BIO_meth_set_read(method, read_input);
    BIO_meth_set_write(method, write_records);
    BIO_meth_set_ctrl(method, control);
    SSL_CTX_set_options(
        context,
        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA
    );
    // Tickets hold the sessions, so the server keeps none.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(context, SESSION_SECONDS);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
    return context;
}

SSL *tls_open(SSL_CTX *context) {
    SSL *tls = SSL_new(context);
    BIO *bio = BIO_new(method);
    if (tls == NULL || bio == NULL) {
        SSL_free(tls);
        BIO_free(bio);
        return NULL;
    }
    BIO_set_init(bio, 1);
    SSL_set_bio(tls, bio, bio);
    SSL_set_accept_state(tls);
    return tls;
}

enum tls_result tls_receive(SSL *tls, const uint8_t *bytes, size_t count, uint8_t *plain, size_t capacity, size_t *plain_count) {
    input = bytes;
    input_count = count;
    *plain_count = 0;
    ERR_clear_error();
    // The first calls of SSL_read continue the handshake.
    for (;;) {
        size_t read = 0;
        int result = SSL_read_ex(tls, plain + *plain_count, capacity - *plain_count, &read);
        *plain_count += read;
        if (result == 1) continue;
        switch (SSL_get_error(tls, result)) {
        case SSL_ERROR_WANT_READ: return TLS_OK;
        case SSL_ERROR_ZERO_RETURN: return TLS_ENDED;
        default: return TLS_FAILED;
        }
    }
}

bool tls_encrypt(SSL *tls, const void *bytes, size_t count) {
    size_t written = 0;
    ERR_clear_error();
    return SSL_write_ex(tls, bytes, count, &written) == 1;
}

void tls_end(SSL *tls) {
    ERR_clear_error();
    (void)SSL_shutdown(tls);
}
