#ifndef CMEMORY_H
#define CMEMORY_H

#include <stddef.h>

/// The bytes that the process has allocated with malloc and not freed.
size_t switchboard_allocated_bytes(void);

#endif
