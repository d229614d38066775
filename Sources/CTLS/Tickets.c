#ifdef TLS

#include "Private.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// A server does not keep sessions. A ticket has the whole session, encrypted with a key that only this context has. A new
// key replaces the key after the lifetime of a ticket. The former key still decrypts tickets for that time.

enum {
    key_count = 2,
    key_name_size = 16,
    key_iv_size = 16,
    key_size = 32,
    /// A client that needs a ticket for each of several connections gets a new one with each of them.
    tickets_for_each_handshake = 1,
};

struct ticket_key {
    uint8_t name[key_name_size];
    uint8_t cipher[key_size];
    uint8_t mac[key_size];
    /// When the key was made, on a clock that also runs while the system is suspended; 0 if there is no key.
    int64_t creation;
};

struct tickets {
    int64_t lifetime;
    EVP_CIPHER *cipher;
    /// Protects the keys, which the event loops share.
    pthread_mutex_t lock;
    /// The newest key first.
    struct ticket_key keys[key_count];
};

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    // Never 0, which stands for no key.
    return (int64_t)time.tv_sec + 1;
}

/// Copies the key for a new ticket, after making one if it is time; returns whether there is one.
static bool take_newest_key(struct tickets *tickets, struct ticket_key *key) {
    int64_t time = now();
    bool has_key = true;
    pthread_mutex_lock(&tickets->lock);
    struct ticket_key *newest = &tickets->keys[0];
    if (newest->creation == 0 || time - newest->creation >= tickets->lifetime) {
        struct ticket_key made = {.creation = time};
        has_key = RAND_bytes(made.name, sizeof made.name) == 1 && RAND_priv_bytes(made.cipher, sizeof made.cipher) == 1
            && RAND_priv_bytes(made.mac, sizeof made.mac) == 1;
        if (has_key) {
            tickets->keys[1] = *newest;
            *newest = made;
        }
        OPENSSL_cleanse(&made, sizeof made);
    }
    *key = *newest;
    pthread_mutex_unlock(&tickets->lock);
    return has_key;
}

/// Copies the key that has a name; returns whether there is one that is not too old.
static bool find_key(struct tickets *tickets, const unsigned char *name, struct ticket_key *key) {
    int64_t time = now();
    bool is_found = false;
    pthread_mutex_lock(&tickets->lock);
    for (int index = 0; index < key_count; index++) {
        struct ticket_key *candidate = &tickets->keys[index];
        if (candidate->creation == 0) continue;
        if (time - candidate->creation >= 2 * tickets->lifetime) {
            OPENSSL_cleanse(candidate, sizeof *candidate);
        } else if (memcmp(candidate->name, name, key_name_size) == 0) {
            *key = *candidate;
            is_found = true;
        }
    }
    pthread_mutex_unlock(&tickets->lock);
    return is_found;
}

/// Sets up the encryption or decryption of a ticket.
///
/// Returns 1; 2 for a ticket that a new one shall replace, because clients should use each ticket once; 0 for no ticket,
/// or for one that no key can decrypt; -1 for a failure.
static int use_key(
    SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int is_issuing
) {
    // A TLS 1.2 ticket has the secret of its session, so a stolen key of tickets would decrypt recorded traffic.
    if (SSL_version(ssl) != TLS1_3_VERSION) return 0;
    struct tickets *tickets = tls_session_of(ssl)->context->tickets;
    struct ticket_key key;
    if (is_issuing) {
        if (!take_newest_key(tickets, &key) || RAND_bytes(iv, key_iv_size) != 1) return -1;
        memcpy(name, key.name, key_name_size);
    } else if (!find_key(tickets, name, &key)) {
        return 0;
    }
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac, sizeof key.mac),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    int is_set = EVP_MAC_CTX_set_params(mac, parameters) == 1
        && EVP_CipherInit_ex2(cipher, tickets->cipher, key.cipher, iv, is_issuing, NULL) == 1;
    OPENSSL_cleanse(&key, sizeof key);
    if (!is_set) return -1;
    return is_issuing ? 1 : 2;
}

/// Decides whether a decrypted session is resumed: only if the certificate of its client, if clients need one, is still valid.
static SSL_TICKET_RETURN check_session(
    SSL *ssl, SSL_SESSION *session, const unsigned char *name, size_t name_size, SSL_TICKET_STATUS status, void *unused
) {
    (void)name;
    (void)name_size;
    (void)unused;
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) return SSL_TICKET_RETURN_IGNORE_RENEW;
    if (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) {
        const X509 *certificate = SSL_SESSION_get0_peer(session);
        if (certificate == NULL || X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0) {
            return SSL_TICKET_RETURN_IGNORE_RENEW;
        }
    }
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

bool tls_context_issue_tickets(tls_context *context, int64_t lifetime, char *error) {
    static const unsigned char name[] = "switchboard";
    struct tickets *tickets = calloc(1, sizeof *tickets);
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
    // OpenSSL resumes no session with a client certificate unless the context has a name.
    if (tickets == NULL || cipher == NULL || SSL_CTX_set_session_id_context(context->openssl, name, sizeof name - 1) != 1
        || SSL_CTX_set_num_tickets(context->openssl, tickets_for_each_handshake) != 1
        || SSL_CTX_set_session_ticket_cb(context->openssl, NULL, check_session, NULL) != 1
        || SSL_CTX_set_tlsext_ticket_key_evp_cb(context->openssl, use_key) != 1) {
        EVP_CIPHER_free(cipher);
        free(tickets);
        tls_take_error(error, "cannot set up the resumption of TLS sessions");
        return false;
    }
    tickets->lifetime = lifetime;
    tickets->cipher = cipher;
    pthread_mutex_init(&tickets->lock, NULL);
    context->tickets = tickets;
    SSL_CTX_clear_options(context->openssl, SSL_OP_NO_TICKET);
    SSL_CTX_set_timeout(context->openssl, (long)lifetime);
    return true;
}

void tickets_free(struct tickets *tickets) {
    if (tickets == NULL) return;
    EVP_CIPHER_free(tickets->cipher);
    pthread_mutex_destroy(&tickets->lock);
    OPENSSL_cleanse(tickets->keys, sizeof tickets->keys);
    free(tickets);
}

#else

// A translation unit may not be empty.
extern int tls_tickets_are_not_built;

#endif
