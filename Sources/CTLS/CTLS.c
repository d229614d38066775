#ifdef TLS

#include "Private.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// MARK: Errors

unsigned long tls_take_error(char *error, const char *what) {
    // The first error is the cause; later errors follow from it.
    unsigned long code = ERR_get_error();
    const char *reason = NULL;
    if (code != 0) reason = ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code)) : ERR_reason_error_string(code);
    ERR_clear_error();
    if (error == NULL) return code;
    if (reason != NULL) {
        snprintf(error, tls_error_size, "%s: %s", what, reason);
    } else {
        snprintf(error, tls_error_size, "%s", what);
    }
    return code;
}

static bool is_error(unsigned long code, int library, int reason) {
    return ERR_GET_LIB(code) == library && ERR_GET_REASON(code) == reason;
}

/// Writes the error of a file with certificates, and empties the error queue of the thread.
static void take_certificate_error(char *error, const char *what, const char *path) {
    char subject[tls_error_size / 2];
    snprintf(subject, sizeof subject, "%s %s", what, path);
    unsigned long code = ERR_peek_error();
    if (is_error(code, ERR_LIB_PEM, PEM_R_NO_START_LINE)
        || is_error(code, ERR_LIB_X509, X509_R_NO_CERTIFICATE_OR_CRL_FOUND)) {
        ERR_clear_error();
        snprintf(error, tls_error_size, "%s: the file has no certificate in PEM form", subject);
        return;
    }
    tls_take_error(error, subject);
}

/// Writes the error of a key that is not that of the certificate, and empties the error queue of the thread.
static void take_mismatch(char *error, const char *path) {
    ERR_clear_error();
    char subject[tls_error_size / 2];
    snprintf(subject, sizeof subject, "cannot use the key %s", path);
    snprintf(error, tls_error_size, "%s: it is not the private key of the certificate", subject);
}

/// Writes the error of a file with a key, and empties the error queue of the thread.
static void take_key_error(char *error, const char *path) {
    char subject[tls_error_size / 2];
    snprintf(subject, sizeof subject, "cannot use the key %s", path);
    unsigned long code = ERR_peek_error();
    // The function for passwords has returned none.
    if (is_error(code, ERR_LIB_CRYPTO, ERR_R_INTERRUPTED_OR_CANCELLED)
        || is_error(code, ERR_LIB_PEM, PEM_R_BAD_PASSWORD_READ)) {
        ERR_clear_error();
        const char *form = "%s: it has a password: remove it with \"openssl pkey -in %s -out KEY\"";
        int count = snprintf(error, tls_error_size, form, subject, path);
        // A command with a part of the path would be wrong.
        if (count >= (int)tls_error_size) snprintf(error, tls_error_size, form, subject, "FILE");
    } else if (is_error(code, ERR_LIB_OSSL_DECODER, ERR_R_UNSUPPORTED)
        || is_error(code, ERR_LIB_PEM, PEM_R_NO_START_LINE)) {
        ERR_clear_error();
        snprintf(error, tls_error_size, "%s: the file has no private key in PEM form", subject);
    } else if (is_error(code, ERR_LIB_X509, X509_R_KEY_VALUES_MISMATCH)
        || is_error(code, ERR_LIB_X509, X509_R_KEY_TYPE_MISMATCH)) {
        take_mismatch(error, path);
    } else {
        tls_take_error(error, subject);
    }
}

/// Returns the status of a failed operation by the code of its error.
static enum tls_status failure_status(unsigned long code) {
    if (ERR_GET_LIB(code) != ERR_LIB_SSL) return tls_status_failed;
    switch (ERR_GET_REASON(code)) {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
    case SSL_R_SSLV3_ALERT_NO_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA: return tls_status_bad_certificate;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_VERSION_TOO_HIGH:
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SUITABLE_GROUPS:
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE: return tls_status_incompatible;
    default: return tls_status_failed;
    }
}

// MARK: Bytes in and out

tls_session *tls_session_of(SSL *openssl) { return BIO_get_data(SSL_get_rbio(openssl)); }

static int read_input(BIO *bio, char *buffer, int capacity) {
    tls_session *session = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (capacity <= 0) return 0;
    if (session->input_count == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t count = session->input_count < (size_t)capacity ? session->input_count : (size_t)capacity;
    memcpy(buffer, session->input, count);
    session->input += count;
    session->input_count -= count;
    return (int)count;
}

static int write_output(BIO *bio, const char *bytes, int count) {
    tls_session *session = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (count <= 0) return 0;
    if (session->output_count == 0 && (size_t)count <= session->room_size - session->room_used) {
        memcpy(session->room + session->room_used, bytes, (size_t)count);
        session->room_used += (size_t)count;
        return count;
    }
    size_t needed = session->output_count + (size_t)count;
    if (needed > session->output_capacity) {
        size_t capacity = session->output_capacity * 2 > needed ? session->output_capacity * 2 : needed;
        uint8_t *larger = realloc(session->output, capacity);
        if (larger == NULL) return -1;
        session->output = larger;
        session->output_capacity = capacity;
    }
    memcpy(session->output + session->output_count, bytes, (size_t)count);
    session->output_count = needed;
    return count;
}

static long control(BIO *bio, int command, long number, void *pointer) {
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static BIO_METHOD *method;

static void make_method(void) {
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "switchboard");
    if (method == NULL) return;
    BIO_meth_set_read(method, read_input);
    BIO_meth_set_write(method, write_output);
    BIO_meth_set_ctrl(method, control);
}

// MARK: Contexts

/// Returns no password for a key, because a server has no user to ask.
static int no_password(char *buffer, int size, int is_writing, void *user) {
    (void)buffer;
    (void)size;
    (void)is_writing;
    (void)user;
    return -1;
}

tls_context *tls_context_create(bool is_server, char *error) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_method);
    ERR_clear_error();
    tls_context *context = calloc(1, sizeof *context);
    if (context == NULL || method == NULL) {
        free(context);
        snprintf(error, tls_error_size, "there is no memory left");
        return NULL;
    }
    SSL_CTX *openssl = SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method());
    context->openssl = openssl;
    if (openssl == NULL || SSL_CTX_set_min_proto_version(openssl, TLS1_2_VERSION) != 1
        || SSL_CTX_set_cipher_list(openssl, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1
        || SSL_CTX_set1_groups_list(openssl, "X25519:P-256:P-384") != 1) {
        tls_take_error(error, "cannot set up TLS");
        tls_context_free(context);
        return NULL;
    }
    // Tickets have the sessions of a server: see Tickets.c. Without them, a context resumes none.
    SSL_CTX_set_options(
        openssl,
        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE
            | SSL_OP_PRIORITIZE_CHACHA
    );
    SSL_CTX_set_session_cache_mode(openssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(openssl, 0);
    SSL_CTX_set_mode(openssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_default_passwd_cb(openssl, no_password);
    return context;
}

void tls_context_free(tls_context *context) {
    if (context == NULL) return;
    SSL_CTX_free(context->openssl);
    tickets_free(context->tickets);
    kept_sessions_free(context->kept_sessions);
    free(context);
}

/// Writes a time as "2026-11-28 02:07:00 UTC".
static void time_text(const ASN1_TIME *time, char *text, size_t capacity) {
    struct tm parts;
    if (ASN1_TIME_to_tm(time, &parts) != 1 || strftime(text, capacity, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0) {
        snprintf(text, capacity, "an unknown time");
    }
}

/// Returns whether a certificate is valid now; if not, writes when it expired or when it will become valid.
static bool is_valid_now(const X509 *certificate, const char *what, const char *path, char *error) {
    char text[64];
    const ASN1_TIME *start = X509_get0_notBefore(certificate);
    const ASN1_TIME *end = X509_get0_notAfter(certificate);
    // 0 means that the time cannot be read.
    if (X509_cmp_current_time(start) >= 0) {
        time_text(start, text, sizeof text);
        snprintf(error, tls_error_size, "the %s in %s is not valid before %s", what, path, text);
        return false;
    }
    if (X509_cmp_current_time(end) <= 0) {
        time_text(end, text, sizeof text);
        snprintf(error, tls_error_size, "the %s in %s expired on %s", what, path, text);
        return false;
    }
    return true;
}

bool tls_context_use_certificate(tls_context *context, const char *chain_path, const char *key_path, char *error) {
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context->openssl, chain_path) != 1) {
        take_certificate_error(error, "cannot use the certificate", chain_path);
        return false;
    }
    if (SSL_CTX_use_PrivateKey_file(context->openssl, key_path, SSL_FILETYPE_PEM) != 1) {
        take_key_error(error, key_path);
        return false;
    }
    // A key of another type, such as RSA, is not compared before.
    if (SSL_CTX_check_private_key(context->openssl) != 1) {
        take_mismatch(error, key_path);
        return false;
    }
    if (!is_valid_now(SSL_CTX_get0_certificate(context->openssl), "certificate", chain_path, error)) return false;
    STACK_OF(X509) *chain = NULL;
    (void)SSL_CTX_get0_chain_certs(context->openssl, &chain);
    for (int index = 0; index < sk_X509_num(chain); index++) {
        if (!is_valid_now(sk_X509_value(chain, index), "authority's certificate", chain_path, error)) return false;
    }
    return true;
}

/// Returns a time in seconds since 1970-01-01 UTC; -1 if it is unknown.
static int64_t seconds(const ASN1_TIME *time) {
    struct tm parts;
    return ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : -1;
}

int64_t tls_context_expiry(tls_context *context) {
    const X509 *certificate = SSL_CTX_get0_certificate(context->openssl);
    if (certificate == NULL) return -1;
    int64_t first = seconds(X509_get0_notAfter(certificate));
    STACK_OF(X509) *chain = NULL;
    (void)SSL_CTX_get0_chain_certs(context->openssl, &chain);
    for (int index = 0; index < sk_X509_num(chain); index++) {
        int64_t end = seconds(X509_get0_notAfter(sk_X509_value(chain, index)));
        if (end >= 0 && (first < 0 || end < first)) first = end;
    }
    return first;
}

bool tls_context_trust_file(tls_context *context, const char *path, char *error) {
    ERR_clear_error();
    if (SSL_CTX_load_verify_file(context->openssl, path) == 1) return true;
    take_certificate_error(error, "cannot use the authorities in", path);
    return false;
}

bool tls_context_trust_system(tls_context *context, char *error) {
    ERR_clear_error();
    if (SSL_CTX_set_default_verify_paths(context->openssl) == 1) return true;
    tls_take_error(error, "cannot use the system's authorities");
    return false;
}

void tls_context_verify_peer(tls_context *context) {
    SSL_CTX_set_verify(context->openssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

bool tls_context_name_authorities(tls_context *context, const char *path, char *error) {
    ERR_clear_error();
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(path);
    if (names == NULL) {
        take_certificate_error(error, "cannot use the authorities in", path);
        return false;
    }
    SSL_CTX_set_client_CA_list(context->openssl, names);
    return true;
}

// MARK: Sessions

tls_session *tls_session_create(tls_context *context, bool is_server) {
    ERR_clear_error();
    tls_session *session = calloc(1, sizeof *session);
    SSL *openssl = SSL_new(context->openssl);
    BIO *bio = BIO_new(method);
    if (session == NULL || openssl == NULL || bio == NULL) {
        free(session);
        SSL_free(openssl);
        BIO_free(bio);
        ERR_clear_error();
        return NULL;
    }
    session->openssl = openssl;
    session->context = context;
    BIO_set_data(bio, session);
    BIO_set_init(bio, 1);
    SSL_set_bio(openssl, bio, bio);
    if (is_server) SSL_set_accept_state(openssl);
    else SSL_set_connect_state(openssl);
    return session;
}

void tls_session_free(tls_session *session) {
    if (session == NULL) return;
    SSL_free(session->openssl);
    free(session->output);
    free(session->host);
    free(session);
}

bool tls_session_expect_host(tls_session *session, const char *host, bool is_address, bool verifies) {
    ERR_clear_error();
    bool is_set = is_address || SSL_set_tlsext_host_name(session->openssl, host) == 1;
    if (verifies && is_address) {
        is_set = is_set && X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session->openssl), host) == 1;
    } else if (verifies) {
        SSL_set_hostflags(session->openssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        is_set = is_set && SSL_set1_host(session->openssl, host) == 1;
    }
    ERR_clear_error();
    session->host = strdup(host);
    if (is_set && session->host != NULL) kept_sessions_resume(session);
    return is_set && session->host != NULL;
}

void tls_session_lend_input(tls_session *session, const void *bytes, size_t count) {
    session->input = bytes;
    session->input_count = count;
}

static enum tls_status status(tls_session *session, int result, const char *what, char *error) {
    switch (SSL_get_error(session->openssl, result)) {
    case SSL_ERROR_NONE: return tls_status_done;
    case SSL_ERROR_WANT_READ: return tls_status_needs_input;
    case SSL_ERROR_ZERO_RETURN: return tls_status_ended;
    default: break;
    }
    long verification = SSL_get_verify_result(session->openssl);
    if (verification != X509_V_OK && !SSL_is_init_finished(session->openssl)) {
        ERR_clear_error();
        snprintf(error, tls_error_size, "%s: %s", what, X509_verify_cert_error_string(verification));
        return tls_status_bad_certificate;
    }
    return failure_status(tls_take_error(error, what));
}

enum tls_status tls_session_handshake(tls_session *session, char *error) {
    ERR_clear_error();
    return status(session, SSL_do_handshake(session->openssl), "the TLS handshake failed", error);
}

enum tls_status tls_session_read(tls_session *session, void *buffer, size_t capacity, size_t *count, char *error) {
    *count = 0;
    do {
        size_t read = 0;
        ERR_clear_error();
        int result = SSL_read_ex(session->openssl, (char *)buffer + *count, capacity - *count, &read);
        if (result != 1) return status(session, result, "TLS failed", error);
        *count += read;
    } while (session->input_count > 0 || SSL_pending(session->openssl) > 0);
    return tls_status_done;
}

enum tls_status tls_session_write(
    tls_session *session, const void *bytes, size_t count, void *room, size_t room_size, size_t *room_used, char *error
) {
    ERR_clear_error();
    size_t written = 0;
    session->room = room;
    session->room_size = room_size;
    session->room_used = 0;
    int result = SSL_write_ex(session->openssl, bytes, count, &written);
    *room_used = session->room_used;
    session->room_size = 0;
    session->room_used = 0;
    return status(session, result, "TLS failed", error);
}

void tls_session_end(tls_session *session) {
    ERR_clear_error();
    (void)SSL_shutdown(session->openssl);
    ERR_clear_error();
}

const void *tls_session_output(tls_session *session, size_t *count) {
    *count = session->output_count;
    return session->output;
}

void tls_session_clear_output(tls_session *session) {
    free(session->output);
    session->output = NULL;
    session->output_count = 0;
    session->output_capacity = 0;
}

#else

// A translation unit may not be empty.
extern int tls_is_not_built;

#endif
