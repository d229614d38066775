// A NET-001 server that is as plain as the kernel allows: one thread and epoll. The difference between another
// server's cost and the cost of this server is the other server's own work.
//
//     epoll-server PORT [CERTIFICATE KEY]        on 127.0.0.1; port 0 means any free one; PEM files turn TLS on

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include "server.h"
#include "tls.h"

enum { BACKLOG = 4096 };

static void fail(const char *what) {
    fprintf(stderr, "epoll-server: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *allocate(size_t bytes) {
    void *memory = malloc(bytes);
    if (memory == NULL) fail("malloc");
    return memory;
}

static void lift_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) fail("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0) fail("setrlimit");
}

static int open_stop_signals(void) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    int descriptor = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    if (descriptor < 0) fail("signalfd");
    return descriptor;
}

static int listen_on(uint16_t port) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) fail("socket");
    int on = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) fail("bind");
    if (listen(descriptor, BACKLOG) < 0) fail("listen");
    return descriptor;
}

static uint16_t port_of(int descriptor) {
    struct sockaddr_in address;
    socklen_t count = sizeof address;
    if (getsockname(descriptor, (struct sockaddr *)&address, &count) < 0) fail("getsockname");
    return ntohs(address.sin_port);
}

// The address of `token` distinguishes the event from the events of connections.
static void watch(int epoll, int descriptor, void *token) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = token};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) < 0) fail("epoll_ctl");
}

int main(int argument_count, char **arguments) {
    char *end = NULL;
    long port = argument_count == 2 || argument_count == 4 ? strtol(arguments[1], &end, 10) : -1;
    if (port < 0 || port > UINT16_MAX || end == arguments[1] || *end != '\0') {
        fprintf(stderr, "usage: epoll-server PORT [CERTIFICATE KEY]\n");
        return 64;
    }
    lift_descriptor_limit();

    static struct server server;
    if (argument_count == 4) {
        server.tls = tls_context(arguments[2], arguments[3]);
        if (server.tls == NULL) return 1;
        server.encrypted = allocate(READ_BYTES);
    }
    server.stop = open_stop_signals();
    server.listener = listen_on((uint16_t)port);
    server.spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    server.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (server.epoll < 0) fail("epoll_create1");
    watch(server.epoll, server.listener, &server.listener);
    watch(server.epoll, server.stop, &server.stop);
    server.input = allocate(MAXIMUM_FRAME_BYTES + READ_BYTES + TLS_CONTENT_BYTES);
    server.replies = allocate(REPLY_BYTES);
    server.log = allocate(LOG_BYTES);

    printf("listening %u\n", port_of(server.listener));
    fflush(stdout);
    server_run(&server);
    return 0;
}
