#ifdef TLS

#include "Private.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// A client keeps the latest session of each host, and uses it for one connection only: two connections with one
// ticket would show that they come from one client. OpenSSL does not verify the certificate again when it resumes a session. The certificate was
// verified for the same host and with the same CA certificates, because those of a context never change.

enum { maximum_kept_sessions = 16 };

struct kept_session {
    char *host;
    SSL_SESSION *session;
};

struct kept_sessions {
    pthread_mutex_t lock;
    /// The first `count` are used, the oldest first.
    struct kept_session sessions[maximum_kept_sessions];
    int count;
};

/// Removes a session; the caller owns the result.
static struct kept_session take(struct kept_sessions *kept, int index) {
    struct kept_session taken = kept->sessions[index];
    kept->count--;
    memmove(&kept->sessions[index], &kept->sessions[index + 1], (size_t)(kept->count - index) * sizeof taken);
    return taken;
}

static int index_of(const struct kept_sessions *kept, const char *host) {
    for (int index = 0; index < kept->count; index++) {
        if (strcmp(kept->sessions[index].host, host) == 0) return index;
    }
    return -1;
}

static void free_session(struct kept_session session) {
    free(session.host);
    SSL_SESSION_free(session.session);
}

/// OpenSSL calls this function with each session that a server allows to resume.
static int keep(SSL *ssl, SSL_SESSION *session) {
    tls_session *own = tls_session_of(ssl);
    if (own->host == NULL || SSL_version(ssl) != TLS1_3_VERSION) return 0;
    // A copy, because OpenSSL forbids to resume the session of a connection that ends without a close_notify.
    struct kept_session new = {.host = strdup(own->host), .session = SSL_SESSION_dup(session)};
    if (new.host == NULL || new.session == NULL) {
        free_session(new);
        return 0;
    }
    struct kept_sessions *kept = own->context->kept_sessions;
    struct kept_session former = {NULL, NULL};
    pthread_mutex_lock(&kept->lock);
    int index = index_of(kept, new.host);
    if (index < 0 && kept->count == maximum_kept_sessions) index = 0;
    if (index >= 0) former = take(kept, index);
    kept->sessions[kept->count++] = new;
    pthread_mutex_unlock(&kept->lock);
    free_session(former);
    return 0;
}

bool tls_context_keep_sessions(tls_context *context, char *error) {
    struct kept_sessions *kept = calloc(1, sizeof *kept);
    if (kept == NULL) {
        tls_take_error(error, "there is no memory left");
        return false;
    }
    pthread_mutex_init(&kept->lock, NULL);
    context->kept_sessions = kept;
    SSL_CTX_set_session_cache_mode(context->openssl, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context->openssl, keep);
    return true;
}

void kept_sessions_resume(tls_session *session) {
    struct kept_sessions *kept = session->context->kept_sessions;
    if (kept == NULL) return;
    struct kept_session taken = {NULL, NULL};
    pthread_mutex_lock(&kept->lock);
    int index = index_of(kept, session->host);
    if (index >= 0) taken = take(kept, index);
    pthread_mutex_unlock(&kept->lock);
    // Without a session, or with one that cannot be used, the handshake is full.
    if (taken.session != NULL) (void)SSL_set_session(session->openssl, taken.session);
    free_session(taken);
}

void kept_sessions_free(struct kept_sessions *kept) {
    if (kept == NULL) return;
    while (kept->count > 0) free_session(take(kept, kept->count - 1));
    pthread_mutex_destroy(&kept->lock);
    free(kept);
}

#else

// A translation unit may not be empty.
extern int tls_kept_sessions_are_not_built;

#endif
