#ifndef CONNECTDEADLINE_H
#define CONNECTDEADLINE_H

#include <stdbool.h>
#include <stdint.h>

// The deadline of an attempt to connect by a library that does not keep one.
//
// libnats 3.4 waits for a TLS handshake without limit. When the answer to its first ping is late, it asks the socket for it again and
// again until it has taken 2 GiB of memory. See `_makeTLSConn` and `_readProto` in its file conn.c.
//
// The library keeps its socket to itself. It is one that the process has connected to the port since the attempt began. After the
// deadline, each of these is shut down: calls on it return, and the library finds its connection closed.

typedef struct connect_deadline connect_deadline;

/// Begins an attempt to connect to a port; NULL, with errno, when it cannot be watched.
connect_deadline *connect_deadline_begin(uint16_t port, int64_t milliseconds);

/// Lets the deadline pass now, from any thread.
void connect_deadline_pass(connect_deadline *deadline);

/// Ends the attempt, and returns whether the deadline has passed.
bool connect_deadline_end(connect_deadline *deadline);

#endif
