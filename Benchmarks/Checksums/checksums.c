// Times CRC-32 against libdeflate's: CPU nanoseconds for one checksum, the best of several measurements, taken in turn; once
// with checksums that may overlap, as those of frames behind each other do, and once with each waiting for the last.

#include <libdeflate.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "CChecksum.h"

enum { MEASUREMENTS = 15 };
static const size_t BYTES_A_MEASUREMENT = 64 << 20;
// A short checksum takes as long as a few hundred bytes of a long one.
static const size_t CALL_BYTES = 256;

static uint32_t ours(const void *bytes, size_t count) { return switchboard_crc32(bytes, count); }

static uint32_t theirs(const void *bytes, size_t count) { return libdeflate_crc32(0, bytes, count); }

static double cpu_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

// Where it waits, each checksum says where the bytes of the next begin: always at the same place, but the CPU cannot know.
// The function is volatile, or a compiler that knows it to be pure calls it once.
static double measure(uint32_t (*volatile checksum)(const void *, size_t), const uint8_t *bytes, size_t count,
                      bool waits) {
    static volatile const uint32_t no_bits = 0;
    uint32_t mask = no_bits, last = 0;
    size_t calls = BYTES_A_MEASUREMENT / (count + CALL_BYTES);
    double start = cpu_nanoseconds();
    if (waits) {
        for (size_t i = 0; i < calls; i++) last = checksum(bytes + (last & mask), count);
    } else {
        for (size_t i = 0; i < calls; i++) (void)checksum(bytes, count);
    }
    return (cpu_nanoseconds() - start) / (double)calls;
}

static void compare(const uint8_t *bytes, size_t count, bool waits) {
    double best = 1e18, best_of_theirs = 1e18;
    for (int measurement = 0; measurement < MEASUREMENTS; measurement++) {
        double time = measure(ours, bytes, count, waits), time_of_theirs = measure(theirs, bytes, count, waits);
        if (time < best) best = time;
        if (time_of_theirs < best_of_theirs) best_of_theirs = time_of_theirs;
    }
    printf("%10zu %10s %11.1f ns %11.1f ns %8.2f\n", count, waits ? "waiting" : "", best, best_of_theirs,
           best / best_of_theirs);
}

int main(void) {
    static const size_t counts[] = {16, 64, 1024, 65536};
    uint8_t *bytes = malloc(counts[3]);
    if (bytes == NULL) return 1;
    for (size_t i = 0; i < counts[3]; i++) bytes[i] = (uint8_t)(i * 37);
    printf("%10s %10s %14s %14s %8s\n", "bytes", "", "Switchboard", "libdeflate", "ratio");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (ours(bytes, counts[i]) != theirs(bytes, counts[i])) {
            fprintf(stderr, "the checksums of %zu bytes differ\n", counts[i]);
            return 1;
        }
        compare(bytes, counts[i], false);
        compare(bytes, counts[i], true);
    }
    free(bytes);
    return 0;
}
