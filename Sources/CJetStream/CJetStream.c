#ifdef NATS

#include "CJetStream.h"
#include "ConnectDeadline.h"

#include <errno.h>
#include <limits.h>
#include <nats/nats.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct jetstream_log {
    natsConnection *connection;
    jsCtx *context;
    natsSubscription *subscription;
    int64_t reply_timeout;
    uintptr_t number;
    // The other fields are used under the lock. libnats has reported these errors on a thread of its own:
    bool is_interrupted;
    char forbidden[jetstream_text_size];
    jetstream_log *next;
};

// libnats may report errors of a connection that has been destroyed. It knows the number of a log only, which is in this list as
// long as the log exists.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static jetstream_log *all_logs = NULL;
static uintptr_t last_number = 0;

static void enlist(jetstream_log *log) {
    pthread_mutex_lock(&lock);
    log->number = ++last_number;
    log->next = all_logs;
    all_logs = log;
    pthread_mutex_unlock(&lock);
}

static void delist(jetstream_log *log) {
    pthread_mutex_lock(&lock);
    for (jetstream_log **link = &all_logs; *link != NULL; link = &(*link)->next) {
        if (*link != log) continue;
        *link = log->next;
        break;
    }
    pthread_mutex_unlock(&lock);
}

static const int64_t nanoseconds = 1000000;

// MARK: Failures

static bool fail(jetstream_failure *failure, jetstream_kind kind, int code, const char *text) {
    failure->kind = kind;
    failure->code = code;
    if (text == NULL) text = "";
    // libnats begins with its own source file and line: "(conn.c:2088): No server available".
    const char *end_of_place = text[0] == '(' ? strstr(text, "): ") : NULL;
    if (end_of_place != NULL) text = end_of_place + 3;
    snprintf(failure->text, sizeof failure->text, "%s", text);
    // A failure is one line.
    for (char *end = failure->text; *end != 0; end++) {
        if ((unsigned char)*end < 0x20) *end = ' ';
    }
    return false;
}

/// The text that libnats has for its last error on this thread.
static const char *last_error(natsStatus status) {
    natsStatus last = NATS_OK;
    const char *text = nats_GetLastError(&last);
    return last == status && text != NULL && text[0] != 0 ? text : natsStatus_GetText(status);
}

const char *jetstream_text(const jetstream_failure *failure) { return failure->text; }

/// Takes the last error about permissions that libnats has reported; returns whether there is one.
static bool take_forbidden(jetstream_log *log, char text[jetstream_text_size]) {
    pthread_mutex_lock(&lock);
    memcpy(text, log->forbidden, jetstream_text_size);
    log->forbidden[0] = 0;
    pthread_mutex_unlock(&lock);
    return text[0] != 0;
}

/// The failure of a request to JetStream.
static bool fail_request(jetstream_log *log, natsStatus status, jsErrCode code, jetstream_failure *failure) {
    const char *text = last_error(status);
    char forbidden[jetstream_text_size];
    if (code == JSStreamNotFoundErr) return fail(failure, jetstream_no_stream, code, text);
    if (code == JSStreamNameExistErr) return fail(failure, jetstream_other_settings, code, text);
    if (code != 0) return fail(failure, jetstream_rejected, code, text);
    // A request that is not permitted gets no reply; the server sends the reason apart from it.
    if (take_forbidden(log, forbidden)) return fail(failure, jetstream_forbidden, 0, forbidden);
    switch (status) {
    case NATS_TIMEOUT: return fail(failure, jetstream_silent, 0, text);
    case NATS_NO_RESPONDERS: return fail(failure, jetstream_no_responders, 0, text);
    case NATS_NOT_FOUND: return fail(failure, jetstream_no_stream, 0, text);
    case NATS_MAX_PAYLOAD: return fail(failure, jetstream_too_large, 0, text);
    case NATS_NO_MEMORY:
    case NATS_INVALID_ARG: return fail(failure, jetstream_invalid, 0, text);
    default: break;
    }
    if (!jetstream_is_closed(log, failure)) fail(failure, jetstream_closed, 0, text);
    return false;
}

/// libnats calls this on a thread of its own.
static void note_error(natsConnection *connection, natsSubscription *subscription, natsStatus status, void *closure) {
    (void)subscription;
    const char *text = NULL;
    pthread_mutex_lock(&lock);
    jetstream_log *log = all_logs;
    while (log != NULL && log->number != (uintptr_t)closure) log = log->next;
    if (log == NULL) status = NATS_OK;
    switch (status) {
    case NATS_NOT_PERMITTED:
        if (natsConnection_GetLastError(connection, &text) != NATS_NOT_PERMITTED) text = NULL;
        snprintf(log->forbidden, sizeof log->forbidden, "%s", text == NULL ? "Permissions Violation" : text);
        break;
    case NATS_MISSED_HEARTBEAT:
    case NATS_MISMATCH:
    case NATS_SLOW_CONSUMER: log->is_interrupted = true; break;
    default: break;
    }
    pthread_mutex_unlock(&lock);
}

// MARK: Connecting

static natsStatus apply(natsOptions *nats, const jetstream_options *options, jetstream_log *log) {
    // Nothing has come within the reply timeout: one ping without an answer.
    int64_t ping_interval = options->reply_timeout / 2;
    natsStatus s = natsOptions_SetURL(nats, options->url);
    if (s == NATS_OK) s = natsOptions_SetTimeout(nats, options->connect_timeout);
    if (s == NATS_OK) s = natsOptions_SetName(nats, options->client_name);
    if (s == NATS_OK) s = natsOptions_SetAllowReconnect(nats, false);
    if (s == NATS_OK) s = natsOptions_SetIgnoreDiscoveredServers(nats, true);
    if (s == NATS_OK) s = natsOptions_SetFailRequestsOnDisconnect(nats, true);
    if (s == NATS_OK) s = natsOptions_SetSendAsap(nats, true);
    if (s == NATS_OK) s = natsOptions_SetPingInterval(nats, ping_interval > 0 ? ping_interval : 1);
    if (s == NATS_OK) s = natsOptions_SetMaxPingsOut(nats, 1);
    if (s == NATS_OK) s = natsOptions_SetWriteDeadline(nats, options->reply_timeout);
    if (s == NATS_OK) s = natsOptions_SetErrorHandler(nats, note_error, (void *)log->number);
    if (s == NATS_OK && options->user != NULL) s = natsOptions_SetUserInfo(nats, options->user, options->password);
    if (s == NATS_OK && options->token != NULL) s = natsOptions_SetToken(nats, options->token);
    if (s == NATS_OK && options->credentials_path != NULL) {
        s = natsOptions_SetUserCredentialsFromFiles(nats, options->credentials_path, NULL);
    }
    if (s == NATS_OK && options->public_key != NULL) {
        s = natsOptions_SetNKeyFromSeed(nats, options->public_key, options->seed_path);
    }
    if (s != NATS_OK || !options->uses_tls) return s;
    s = natsOptions_SetSecure(nats, true);
    if (s == NATS_OK && options->authorities_path != NULL) {
        s = natsOptions_LoadCATrustedCertificates(nats, options->authorities_path);
    }
    if (s == NATS_OK && options->certificate_path != NULL && options->key_path != NULL) {
        s = natsOptions_LoadCertificatesChain(nats, options->certificate_path, options->key_path);
    }
    if (s == NATS_OK && options->server_name != NULL) s = natsOptions_SetExpectedHostname(nats, options->server_name);
    if (s == NATS_OK) s = natsOptions_SkipServerVerification(nats, !options->verifies);
    return s;
}

static jetstream_kind kind_of_connect_failure(natsStatus status) {
    switch (status) {
    case NATS_CONNECTION_AUTH_FAILED: return jetstream_unauthorized;
    case NATS_SECURE_CONNECTION_REQUIRED: return jetstream_requires_tls;
    case NATS_SECURE_CONNECTION_WANTED: return jetstream_offers_no_tls;
    case NATS_SSL_ERROR: return jetstream_tls_failed;
    case NATS_PROTOCOL_ERROR:
    case NATS_LINE_TOO_LONG: return jetstream_no_nats;
    case NATS_TIMEOUT: return jetstream_silent;
    default: return jetstream_unreachable;
    }
}

struct jetstream_attempts {
    pthread_mutex_t lock;
    /// That of the attempt in progress, or NULL.
    connect_deadline *deadline;
    bool has_stopped;
};

jetstream_attempts *jetstream_attempts_create(void) {
    jetstream_attempts *attempts = calloc(1, sizeof *attempts);
    if (attempts != NULL) pthread_mutex_init(&attempts->lock, NULL);
    return attempts;
}

void jetstream_attempts_stop(jetstream_attempts *attempts) {
    if (attempts == NULL) return;
    pthread_mutex_lock(&attempts->lock);
    attempts->has_stopped = true;
    if (attempts->deadline != NULL) connect_deadline_pass(attempts->deadline);
    pthread_mutex_unlock(&attempts->lock);
}

void jetstream_attempts_free(jetstream_attempts *attempts) {
    if (attempts == NULL) return;
    pthread_mutex_destroy(&attempts->lock);
    free(attempts);
}

/// Sets the deadline of the attempt in progress; NULL for none.
static void set_deadline(jetstream_attempts *attempts, connect_deadline *deadline) {
    if (attempts == NULL) return;
    pthread_mutex_lock(&attempts->lock);
    attempts->deadline = deadline;
    if (attempts->has_stopped && deadline != NULL) connect_deadline_pass(deadline);
    pthread_mutex_unlock(&attempts->lock);
}

/// Fills in the failure when libnats has found no server. Its status is the same for two reasons: the host has no address, or no
/// server accepts connections on the port.
static void fail_without_server(const char *host, jetstream_failure *failure) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *addresses = NULL;
    int error = getaddrinfo(host, NULL, &hints, &addresses);
    if (error != 0) {
        fail(failure, jetstream_unknown_host, 0, gai_strerror(error));
        return;
    }
    freeaddrinfo(addresses);
    fail(failure, jetstream_no_server, 0, NULL);
}

/// Connects within the connect timeout: fills in the failure when it returns another status than NATS_OK.
static natsStatus open_connection(
    jetstream_log *log, natsOptions *nats, const jetstream_options *options, jetstream_failure *failure
) {
    connect_deadline *deadline = connect_deadline_begin(options->port, options->connect_timeout);
    if (deadline == NULL) {
        fail(failure, jetstream_unreachable, 0, strerror(errno));
        return NATS_SYS_ERROR;
    }
    set_deadline(options->attempts, deadline);
    natsStatus status = natsConnection_Connect(&log->connection, nats);
    set_deadline(options->attempts, NULL);
    if (connect_deadline_end(deadline)) {
        fail(failure, jetstream_silent, 0, NULL);
        return NATS_TIMEOUT;
    }
    if (status == NATS_NO_SERVER) {
        fail_without_server(options->host, failure);
    } else if (status != NATS_OK) {
        fail(failure, kind_of_connect_failure(status), 0, last_error(status));
    }
    return status;
}

jetstream_log *jetstream_connect(const jetstream_options *options, jetstream_failure *failure) {
    jetstream_log *log = calloc(1, sizeof *log);
    natsOptions *nats = NULL;
    if (log == NULL) {
        fail(failure, jetstream_invalid, 0, "not enough memory");
        return NULL;
    }
    log->reply_timeout = options->reply_timeout;
    enlist(log);
    natsStatus status = natsOptions_Create(&nats);
    if (status == NATS_OK) status = apply(nats, options, log);
    if (status != NATS_OK) {
        fail(failure, jetstream_invalid, 0, last_error(status));
    } else {
        status = open_connection(log, nats, options, failure);
    }
    natsOptions_Destroy(nats);
    if (status == NATS_OK) {
        jsOptions settings;
        status = jsOptions_Init(&settings);
        settings.Wait = options->reply_timeout;
        if (status == NATS_OK) status = natsConnection_JetStream(&log->context, log->connection, &settings);
        if (status != NATS_OK) fail(failure, jetstream_invalid, 0, last_error(status));
    }
    if (status == NATS_OK) return log;
    jetstream_free(log);
    return NULL;
}

void jetstream_close(jetstream_log *log) { natsConnection_Close(log->connection); }

void jetstream_free(jetstream_log *log) {
    if (log == NULL) return;
    if (log->connection != NULL) natsConnection_Close(log->connection);
    natsSubscription_Destroy(log->subscription);
    jsCtx_Destroy(log->context);
    natsConnection_Destroy(log->connection);
    delist(log);
    free(log);
}

bool jetstream_is_closed(jetstream_log *log, jetstream_failure *failure) {
    if (!natsConnection_IsClosed(log->connection)) return false;
    const char *text = NULL;
    natsStatus status = natsConnection_GetLastError(log->connection, &text);
    if (text == NULL || text[0] == 0) text = natsStatus_GetText(status == NATS_OK ? NATS_CONNECTION_CLOSED : status);
    fail(failure, status == NATS_STALE_CONNECTION ? jetstream_silent : jetstream_closed, 0, text);
    return true;
}

bool jetstream_identity(jetstream_log *log, char identity[jetstream_identity_size], jetstream_failure *failure) {
    natsStatus status = natsConnection_GetConnectedServerId(log->connection, identity, jetstream_identity_size);
    if (status == NATS_OK) return true;
    return fail_request(log, status, 0, failure);
}

int64_t jetstream_maximum_payload(jetstream_log *log) { return natsConnection_GetMaxPayload(log->connection); }

// MARK: The stream

static void describe(const jsStreamInfo *info, const char *subject, jetstream_stream *stream) {
    const jsStreamConfig *config = info->Config;
    memset(stream, 0, sizeof *stream);
    stream->created = info->Created;
    stream->last_sequence = info->State.LastSeq;
    stream->last_time = info->State.LastTime;
    if (config == NULL) return;
    stream->maximum_bytes = config->MaxBytes;
    stream->maximum_messages = config->MaxMsgs;
    stream->maximum_messages_per_subject = config->MaxMsgsPerSubject;
    stream->maximum_age = config->MaxAge;
    stream->maximum_message_size = config->MaxMsgSize;
    for (int i = 0; i < config->SubjectsLen; i++) {
        if (config->Subjects[i] != NULL && strcmp(config->Subjects[i], subject) == 0) stream->has_subject = true;
    }
    stream->keeps_until_limits = config->Retention == js_LimitsPolicy;
    stream->discards_old = config->Discard == js_DiscardOld;
    stream->is_sealed = config->Sealed;
    stream->acknowledges = !config->NoAck;
}

bool jetstream_find(
    jetstream_log *log, const char *name, const char *subject, jetstream_stream *stream, jetstream_failure *failure
) {
    jsStreamInfo *info = NULL;
    jsErrCode code = 0;
    natsStatus status = js_GetStreamInfo(&info, log->context, name, NULL, &code);
    if (status != NATS_OK || info == NULL) return fail_request(log, status, code, failure);
    describe(info, subject, stream);
    jsStreamInfo_Destroy(info);
    return true;
}

bool jetstream_create(
    jetstream_log *log, const char *name, const char *subject, int64_t maximum_bytes, bool in_memory, int replicas,
    jetstream_stream *stream, jetstream_failure *failure
) {
    jsStreamConfig config;
    jsStreamInfo *info = NULL;
    jsErrCode code = 0;
    const char *subjects[] = {subject};
    natsStatus status = jsStreamConfig_Init(&config);
    if (status != NATS_OK) return fail(failure, jetstream_invalid, 0, last_error(status));
    config.Name = name;
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    config.MaxBytes = maximum_bytes;
    config.Discard = js_DiscardOld;
    config.Storage = in_memory ? js_MemoryStorage : js_FileStorage;
    config.Replicas = replicas;
    status = js_AddStream(&info, log->context, &config, NULL, &code);
    if (status != NATS_OK || info == NULL) return fail_request(log, status, code, failure);
    describe(info, subject, stream);
    jsStreamInfo_Destroy(info);
    return true;
}

// MARK: Messages

bool jetstream_subscribe(
    jetstream_log *log, const char *name, const char *subject, uint64_t sequence, int64_t time, jetstream_failure *failure
) {
    jsSubOptions options;
    jsErrCode code = 0;
    natsStatus status = jsSubOptions_Init(&options);
    if (status != NATS_OK) return fail(failure, jetstream_invalid, 0, last_error(status));
    options.Stream = name;
    options.Config.AckPolicy = js_AckNone;
    options.Config.FlowControl = true;
    options.Config.Heartbeat = log->reply_timeout * nanoseconds;
    options.Config.MemoryStorage = true;
    options.Config.Replicas = 1;
    if (sequence > 0) {
        options.Config.DeliverPolicy = js_DeliverByStartSequence;
        options.Config.OptStartSeq = sequence;
    } else {
        options.Config.DeliverPolicy = js_DeliverByStartTime;
        options.Config.OptStartTime = time;
    }
    status = js_SubscribeSync(&log->subscription, log->context, subject, NULL, &options, &code);
    if (status != NATS_OK) return fail_request(log, status, code, failure);
    return true;
}

bool jetstream_publish(
    jetstream_log *log, const char *subject, const void *bytes, size_t count, uint64_t *sequence, jetstream_failure *failure
) {
    jsPubAck *acknowledgement = NULL;
    jsErrCode code = 0;
    if (count > INT_MAX) return fail(failure, jetstream_too_large, 0, "the message is too large");
    natsStatus status = js_Publish(&acknowledgement, log->context, subject, bytes, (int)count, NULL, &code);
    if (status != NATS_OK || acknowledgement == NULL) return fail_request(log, status, code, failure);
    *sequence = acknowledgement->Sequence;
    jsPubAck_Destroy(acknowledgement);
    return true;
}

bool jetstream_next(jetstream_log *log, int64_t timeout, jetstream_message *message, jetstream_failure *failure) {
    natsMsg *received = NULL;
    memset(message, 0, sizeof *message);
    natsStatus status = natsSubscription_NextMsg(&received, log->subscription, timeout);
    if (status == NATS_TIMEOUT) {
        char forbidden[jetstream_text_size];
        pthread_mutex_lock(&lock);
        bool is_interrupted = log->is_interrupted;
        pthread_mutex_unlock(&lock);
        if (is_interrupted) return fail(failure, jetstream_interrupted, 0, "messages or heartbeats are missing");
        if (take_forbidden(log, forbidden)) return fail(failure, jetstream_forbidden, 0, forbidden);
        return true;
    }
    if (status == NATS_MISMATCH || status == NATS_SLOW_CONSUMER || status == NATS_MISSED_HEARTBEAT) {
        return fail(failure, jetstream_interrupted, 0, natsStatus_GetText(status));
    }
    if (status != NATS_OK || received == NULL) return fail_request(log, status, 0, failure);
    jsMsgMetaData *metadata = NULL;
    if (natsMsg_GetMetaData(&metadata, received) != NATS_OK || metadata == NULL) {
        // A message without metadata does not come from JetStream.
        natsMsg_Destroy(received);
        return true;
    }
    message->sequence = metadata->Sequence.Stream;
    message->time = metadata->Timestamp;
    jsMsgMetaData_Destroy(metadata);
    message->handle = received;
    message->bytes = natsMsg_GetData(received);
    int count = natsMsg_GetDataLength(received);
    message->count = count > 0 ? (size_t)count : 0;
    return true;
}

void jetstream_release(jetstream_message *message) {
    natsMsg_Destroy(message->handle);
    message->handle = NULL;
}

#else

// A translation unit may not be empty.
extern int jetstream_is_not_built;

#endif
