#include "secure.h"

#include <errno.h>
#include <stdio.h>

#include <openssl/err.h>

static SSL_CTX *context;
static SSL_SESSION *latest;
static bool resumes;

static int keep_session(SSL *tls, SSL_SESSION *session) {
    (void)tls;
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

bool secure_begin(const char *certificate_path) {
    context = SSL_CTX_new(TLS_client_method());
    if (context == NULL || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1
        || SSL_CTX_load_verify_file(context, certificate_path) != 1) {
        ERR_print_errors_fp(stderr);
        return false;
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep_session);
    SSL_CTX_set_read_ahead(context, 1);
    return true;
}

bool secure_is_on(void) { return context != NULL; }

bool secure_resume(void) {
    resumes = latest != NULL;
    return resumes;
}

SSL *secure_open(int socket) {
    SSL *tls = SSL_new(context);
    if (tls == NULL || SSL_set_fd(tls, socket) != 1 || (resumes && SSL_set_session(tls, latest) != 1)) {
        SSL_free(tls);
        return NULL;
    }
    SSL_set_connect_state(tls);
    return tls;
}

static ssize_t result(SSL *tls, int succeeded, size_t count) {
    if (succeeded == 1) return (ssize_t)count;
    switch (SSL_get_error(tls, succeeded)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: errno = EAGAIN; return -1;
    case SSL_ERROR_ZERO_RETURN: return 0;
    case SSL_ERROR_SYSCALL:
        // The connection is not established yet.
        if (errno == ENOTCONN || errno == EAGAIN) return -1;
        errno = ECONNRESET;
        return -1;
    default:
        ERR_print_errors_fp(stderr);
        errno = EPROTO;
        return -1;
    }
}

ssize_t secure_send(SSL *tls, const void *bytes, size_t count) {
    size_t sent = 0;
    ERR_clear_error();
    return result(tls, SSL_write_ex(tls, bytes, count, &sent), sent);
}

ssize_t secure_receive(SSL *tls, void *bytes, size_t count) {
    size_t received = 0;
    ERR_clear_error();
    return result(tls, SSL_read_ex(tls, bytes, count, &received), received);
}

bool secure_is_as_asked(SSL *tls) { return SSL_session_reused(tls) == resumes; }

void secure_close(SSL *tls) {
    // Otherwise OpenSSL takes the session of a connection that ends without a close_notify for broken, and never resumes it.
    if (tls != NULL) SSL_set_shutdown(tls, SSL_SENT_SHUTDOWN);
    SSL_free(tls);
}
