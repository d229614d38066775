#include <stdio.h>
#include <sys/random.h>

#include "CChecksum.h"
#include "server.h"

enum { MAXIMUM_CHECKSUM_MISMATCHES = 8, MAXIMUM_REFUSED_AUTHS = 3, SESSION_ID_BYTES = 16 };

static void write_header(uint8_t *frame, enum message_code code, size_t payload_count) {
    store_big_endian_64(frame, FRAME_START << 24 | (uint64_t)code << 16 | payload_count);
}

static void write_checksum(uint8_t *frame, size_t payload_count) {
    size_t covered = HEADER_BYTES + payload_count;
    store_big_endian_32(frame + covered, switchboard_crc32(frame, covered));
}

// Inlined, so that copying a payload of a constant length is one move.
__attribute__((always_inline)) static inline void reply(struct server *server, struct connection *connection,
                                                        enum message_code code, const void *payload,
                                                        size_t payload_count) {
    uint8_t *frame = server_reserve_reply(server, connection, SMALLEST_FRAME_BYTES + payload_count);
    write_header(frame, code, payload_count);
    memcpy(frame + HEADER_BYTES, payload, payload_count);
    write_checksum(frame, payload_count);
}

static void reply_with_error(struct server *server, struct connection *connection, enum error_code code,
                             const char *text) {
    char payload[64];
    payload[0] = (char)code;
    int length = snprintf(payload + 1, sizeof payload - 1, "%s", text);
    reply(server, connection, ERROR, payload, 1 + (size_t)length);
}

// Whether `bytes` are UTF-8 as defined in RFC 3629: without overlong forms, surrogates and code points
// above U+10FFFF.
static bool is_utf8(const uint8_t *bytes, size_t count) {
    for (size_t at = 0; at < count;) {
        uint8_t lead = bytes[at++];
        if (lead < 0x80) continue;
        // Only the first byte after the lead byte has a special range; all later bytes may be any
        // continuation byte.
        uint8_t low = 0x80, high = 0xBF;
        size_t continuations;
        if (lead >= 0xC2 && lead <= 0xDF) {
            continuations = 1;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            continuations = 2;
            if (lead == 0xE0) low = 0xA0;
            if (lead == 0xED) high = 0x9F;
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            continuations = 3;
            if (lead == 0xF0) low = 0x90;
            if (lead == 0xF4) high = 0x8F;
        } else {
            return false;
        }
        if (count - at < continuations) return false;
        for (; continuations > 0; continuations--, low = 0x80, high = 0xBF) {
            if (bytes[at] < low || bytes[at] > high) return false;
            at++;
        }
    }
    return true;
}

// If a reply has found that the connection is lost, it is closed already.
static void close_after_replies(struct connection *connection) {
    if (connection->phase == OPEN) connection->phase = CLOSING;
}

static void answer_auth(struct server *server, struct connection *connection, const uint8_t *payload, size_t count) {
    size_t username_count = count > 0 ? payload[0] : 0;
    if (count < 1 + username_count || !is_utf8(payload + 1, username_count)
        || !is_utf8(payload + 1 + username_count, count - 1 - username_count)) {
        reply_with_error(server, connection, MALFORMED_PAYLOAD, "malformed payload");
        return;
    }
    uint8_t random[SESSION_ID_BYTES];
    bool accepted = username_count > 0 && count > 1 + username_count
        && getrandom(random, sizeof random, 0) == sizeof random;
    if (!accepted) {
        reply(server, connection, AUTH_REPLY, "\0", 1);
        if (++connection->refused_auths >= MAXIMUM_REFUSED_AUTHS) close_after_replies(connection);
        return;
    }
    char answer[1 + 2 * SESSION_ID_BYTES + 1] = {1};
    for (size_t i = 0; i < sizeof random; i++) snprintf(answer + 1 + 2 * i, 3, "%02x", random[i]);
    reply(server, connection, AUTH_REPLY, answer, 1 + 2 * SESSION_ID_BYTES);
}

static void answer_checksum_mismatch(struct server *server, struct connection *connection) {
    reply_with_error(server, connection, CHECKSUM_MISMATCH, "checksum mismatch");
    if (++connection->checksum_mismatches > MAXIMUM_CHECKSUM_MISMATCHES) close_after_replies(connection);
}

static void answer(struct server *server, struct connection *connection, enum message_code code, const uint8_t *frame,
                   size_t payload_count) {
    const uint8_t *payload = frame + HEADER_BYTES;
    switch (code) {
    case PING:
        if (payload_count == sizeof(uint64_t)) {
            reply(server, connection, PONG, payload, sizeof(uint64_t));
        } else {
            reply_with_error(server, connection, MALFORMED_PAYLOAD, "malformed payload");
        }
        break;
    case ECHO:
        reply(server, connection, ECHO_REPLY, payload, payload_count);
        break;
    case BROADCAST:
        // The frame is forwarded unchanged, with its checksum.
        server_broadcast(server, connection, frame, SMALLEST_FRAME_BYTES + payload_count);
        break;
    case AUTH:
        answer_auth(server, connection, payload, payload_count);
        break;
    case DATA:
    case ERROR:
        break;
    default:
        reply_with_error(server, connection, UNKNOWN_TYPE, "unknown type");
    }
}

// Checks the first bytes of a frame, which can be wrong before the header is complete.
static void check_start(struct server *server, struct connection *connection, const uint8_t *bytes, size_t count) {
    static const uint8_t start[FRAME_START_BYTES] = {0xDE, 0xAD, 0xBE, 0xEF, 0x01};
    if (memcmp(bytes, start, count < MAGIC_BYTES ? count : MAGIC_BYTES) != 0) {
        reply_with_error(server, connection, INVALID_MAGIC, "invalid magic number");
        close_after_replies(connection);
    } else if (count >= FRAME_START_BYTES && bytes[MAGIC_BYTES] != start[MAGIC_BYTES]) {
        reply_with_error(server, connection, UNSUPPORTED_VERSION, "unsupported version");
        close_after_replies(connection);
    }
}

size_t protocol_answer(struct server *server, struct connection *connection, const uint8_t *bytes, size_t count) {
    size_t at = 0;
    while (connection->phase == OPEN && count - at >= SMALLEST_FRAME_BYTES) {
        const uint8_t *frame = bytes + at;
        uint64_t header = load_big_endian_64(frame);
        if (__builtin_expect(header >> 24 != FRAME_START, 0)) break;
        size_t payload_count = header & UINT16_MAX;
        size_t frame_count = SMALLEST_FRAME_BYTES + payload_count;
        if (count - at < frame_count) return at;
        at += frame_count;
        size_t covered = HEADER_BYTES + payload_count;
        if (__builtin_expect(switchboard_crc32(frame, covered) != load_big_endian_32(frame + covered), 0)) {
            answer_checksum_mismatch(server, connection);
            continue;
        }
        connection->checksum_mismatches = 0;
        answer(server, connection, header >> 16 & UINT8_MAX, frame, payload_count);
    }
    if (connection->phase == OPEN && at < count) check_start(server, connection, bytes + at, count - at);
    return at;
}
