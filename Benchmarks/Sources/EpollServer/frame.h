#ifndef FRAME_H
#define FRAME_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// The layout of a NET-001 frame; see Docs/NET-001.md.

enum {
    HEADER_BYTES = 8,
    TRAILER_BYTES = 4,
    MAXIMUM_PAYLOAD_BYTES = UINT16_MAX,
    MAXIMUM_FRAME_BYTES = HEADER_BYTES + MAXIMUM_PAYLOAD_BYTES + TRAILER_BYTES,
    SMALLEST_FRAME_BYTES = HEADER_BYTES + TRAILER_BYTES,
};

// The magic and the version at the start of every frame, as one number.
#define FRAME_START UINT64_C(0xDEADBEEF01)
enum { FRAME_START_BYTES = 5, MAGIC_BYTES = 4 };

enum message_code {
    PING = 0x01,
    PONG = 0x02,
    ECHO = 0x03,
    ECHO_REPLY = 0x04,
    BROADCAST = 0x05,
    AUTH = 0x06,
    AUTH_REPLY = 0x07,
    DATA = 0x08,
    ERROR = 0xFF,
};

enum error_code {
    INVALID_MAGIC = 0x01,
    UNSUPPORTED_VERSION = 0x02,
    UNKNOWN_TYPE = 0x03,
    CHECKSUM_MISMATCH = 0x05,
    MALFORMED_PAYLOAD = 0x0A,
};

static inline uint32_t load_big_endian_32(const uint8_t *bytes) {
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return __builtin_bswap32(value);
}

static inline uint64_t load_big_endian_64(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return __builtin_bswap64(value);
}

static inline void store_big_endian_32(uint8_t *bytes, uint32_t value) {
    value = __builtin_bswap32(value);
    memcpy(bytes, &value, sizeof value);
}

static inline void store_big_endian_64(uint8_t *bytes, uint64_t value) {
    value = __builtin_bswap64(value);
    memcpy(bytes, &value, sizeof value);
}

#endif
