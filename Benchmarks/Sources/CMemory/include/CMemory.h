#ifndef CMEMORY_H
#define CMEMORY_H

#include <stddef.h>

/// The bytes that the process has allocated with malloc and not freed.
size_t switchboard_allocated_bytes(void);

/// The bytes of the pages that the process has in memory; 0 if the system does not say.
size_t switchboard_resident_bytes(void);

#endif
