#ifndef SWITCHBOARD_CCHECKSUM_H
#define SWITCHBOARD_CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32 as in IEEE 802.3 and zlib (reflected, initial value and final exclusive-or 0xFFFFFFFF) of `count` bytes,
/// by the fastest means that this CPU has.
uint32_t switchboard_crc32(const void *bytes, size_t count);

/// The same by tables alone, as on a CPU without instructions for it. Here so that tests can hold one against the other.
uint32_t switchboard_crc32_portable(const void *bytes, size_t count);

#endif
