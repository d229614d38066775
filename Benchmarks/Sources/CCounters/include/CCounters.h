#ifndef C_COUNTERS_H
#define C_COUNTERS_H

#include <stdint.h>

/// What the whole process has done while counters were running.
struct switchboard_counts {
    uint64_t allocations;
    uint64_t retains;
    uint64_t releases;
};

/// Counts every allocation from now on.
void switchboard_count_allocations(void);

/// Counts every retain and release from now on, which makes each slower.
void switchboard_count_references(void);

/// What has been counted so far.
struct switchboard_counts switchboard_counts(void);

#endif
