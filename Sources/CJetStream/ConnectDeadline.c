#ifdef NATS

#define _GNU_SOURCE

#include "ConnectDeadline.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/// The pause before sockets are looked for again: the library may have opened another one. In nanoseconds: 50 ms.
static const int64_t pause_time = 50000000;
static const int64_t second = 1000000000;

struct connect_deadline {
    uint16_t port;
    /// The sockets that are older than the attempt, by their numbers in the kernel.
    ino_t *older;
    size_t older_count;
    pthread_t watcher;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    // Used under the lock:
    /// When sockets are shut down next, in nanoseconds of the monotonic clock.
    int64_t next_time;
    bool has_ended, has_passed;
};

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * second + time.tv_nsec;
}

// MARK: Sockets

/// Whether the descriptor is a TCP connection to the port, and the number of its socket.
static bool leads_to(uint16_t port, int descriptor, ino_t *number) {
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer, type_length = sizeof(int);
    struct stat file;
    int type = 0;
    in_port_t peer_port;
    if (getpeername(descriptor, (struct sockaddr *)&peer, &length) != 0) return false;
    switch (peer.ss_family) {
    case AF_INET: peer_port = ((struct sockaddr_in *)&peer)->sin_port; break;
    case AF_INET6: peer_port = ((struct sockaddr_in6 *)&peer)->sin6_port; break;
    default: return false;
    }
    if (ntohs(peer_port) != port) return false;
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &type_length) != 0 || type != SOCK_STREAM) return false;
    if (fstat(descriptor, &file) != 0) return false;
    *number = file.st_ino;
    return true;
}

/// Calls `visit` for each descriptor that leads to the port, until it returns false; returns whether all were visited.
static bool visit_sockets(connect_deadline *deadline, bool (*visit)(connect_deadline *deadline, int descriptor, ino_t number)) {
    DIR *descriptors = opendir("/proc/self/fd");
    if (descriptors == NULL) return false;
    bool goes_on = true;
    for (struct dirent *entry; goes_on && (entry = readdir(descriptors)) != NULL;) {
        ino_t number;
        int descriptor = atoi(entry->d_name);
        if (entry->d_name[0] == '.' || !leads_to(deadline->port, descriptor, &number)) continue;
        goes_on = visit(deadline, descriptor, number);
    }
    closedir(descriptors);
    return goes_on;
}

static bool note_older(connect_deadline *deadline, int descriptor, ino_t number) {
    (void)descriptor;
    ino_t *older = realloc(deadline->older, (deadline->older_count + 1) * sizeof *older);
    if (older == NULL) return false;
    older[deadline->older_count++] = number;
    deadline->older = older;
    return true;
}

static bool shut_down_newer(connect_deadline *deadline, int descriptor, ino_t number) {
    for (size_t i = 0; i < deadline->older_count; i++) {
        if (deadline->older[i] == number) return true;
    }
    // Another thread may close the descriptor, and the system may use its number for another file: a duplicate stays what it is.
    int duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (duplicate < 0) return true;
    ino_t duplicated;
    if (leads_to(deadline->port, duplicate, &duplicated) && duplicated == number) shutdown(duplicate, SHUT_RDWR);
    close(duplicate);
    return true;
}

// MARK: The deadline

static void *watch(void *context) {
    connect_deadline *deadline = context;
    pthread_mutex_lock(&deadline->lock);
    while (!deadline->has_ended) {
        struct timespec until = {.tv_sec = deadline->next_time / second, .tv_nsec = deadline->next_time % second};
        pthread_cond_timedwait(&deadline->changed, &deadline->lock, &until);
        if (deadline->has_ended || now() < deadline->next_time) continue;
        deadline->has_passed = true;
        visit_sockets(deadline, shut_down_newer);
        deadline->next_time = now() + pause_time;
    }
    pthread_mutex_unlock(&deadline->lock);
    return NULL;
}

/// Starts the thread of the watcher, which blocks all signals; returns 0 or an errno.
static int start_watcher(connect_deadline *deadline) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&deadline->watcher, NULL, watch, deadline);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static void destroy(connect_deadline *deadline) {
    pthread_cond_destroy(&deadline->changed);
    pthread_mutex_destroy(&deadline->lock);
    free(deadline->older);
    free(deadline);
}

connect_deadline *connect_deadline_begin(uint16_t port, int64_t milliseconds) {
    connect_deadline *deadline = calloc(1, sizeof *deadline);
    if (deadline == NULL) return NULL;
    deadline->port = port;
    deadline->next_time = now() + milliseconds * 1000000;
    pthread_mutex_init(&deadline->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&deadline->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    int error = visit_sockets(deadline, note_older) ? start_watcher(deadline) : errno;
    if (error == 0) return deadline;
    destroy(deadline);
    errno = error;
    return NULL;
}

void connect_deadline_pass(connect_deadline *deadline) {
    pthread_mutex_lock(&deadline->lock);
    deadline->next_time = now();
    pthread_cond_signal(&deadline->changed);
    pthread_mutex_unlock(&deadline->lock);
}

bool connect_deadline_end(connect_deadline *deadline) {
    pthread_mutex_lock(&deadline->lock);
    deadline->has_ended = true;
    pthread_cond_signal(&deadline->changed);
    pthread_mutex_unlock(&deadline->lock);
    pthread_join(deadline->watcher, NULL);
    bool has_passed = deadline->has_passed;
    destroy(deadline);
    return has_passed;
}

#else

// A translation unit may not be empty.
extern int connect_deadline_is_not_built;

#endif
