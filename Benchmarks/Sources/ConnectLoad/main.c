// Opens connections to a server of NET-001 on the loopback address. Each sends a PING, checks every byte of the reply, and closes.
//
//     connect-load PORT CONNECTIONS OPEN-AT-A-TIME [full|resumed CERTIFICATE]
//
// With `full` or `resumed`, the connections use TLS 1.3, and the server's certificate must be the one in the PEM file. Every handshake
// must be full, or must resume a session of an earlier connection. Prints the number of connections a second.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "CChecksum.h"
#include "secure.h"

enum { frame_bytes = 20, most_open = 4096 };

struct peer {
    int socket;
    SSL *tls;  // NULL without TLS
    bool has_sent;
    size_t received;
    unsigned char reply[frame_bytes];
};

static void fail(const char *what) {
    fprintf(stderr, "connect-load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void store(unsigned char *bytes, uint64_t value, int count) {
    for (int i = 0; i < count; i++) bytes[i] = (unsigned char)(value >> 8 * (count - 1 - i));
}

/// Writes a PING, or the PONG that answers it.
static void make_frame(unsigned char frame[frame_bytes], bool is_reply) {
    store(frame, is_reply ? 0xDEADBEEF01020008 : 0xDEADBEEF01010008, 8);
    store(frame + 8, 42, 8);
    store(frame + 16, switchboard_crc32(frame, 16), 4);
}

static ssize_t send_bytes(struct peer *peer, const void *bytes, size_t count) {
    return peer->tls != NULL ? secure_send(peer->tls, bytes, count) : send(peer->socket, bytes, count, MSG_NOSIGNAL);
}

static ssize_t receive_bytes(struct peer *peer, void *bytes, size_t count) {
    return peer->tls != NULL ? secure_receive(peer->tls, bytes, count) : recv(peer->socket, bytes, count, 0);
}

static void open_connection(struct peer *peer, int epoll, const struct sockaddr_in *server) {
    *peer = (struct peer){.socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)};
    if (peer->socket < 0) fail("socket");
    // Closed with a reset, a connection leaves no port behind that could not be used again for a minute.
    struct linger reset = {.l_onoff = 1};
    int on = 1;
    setsockopt(peer->socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    setsockopt(peer->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(peer->socket, (const struct sockaddr *)server, sizeof *server) < 0 && errno != EINPROGRESS) fail("connect");
    if (secure_is_on() && (peer->tls = secure_open(peer->socket)) == NULL) fail("TLS");
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = peer};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, peer->socket, &event) < 0) fail("epoll_ctl");
}

/// Does what the connection is ready for; returns whether it has its reply.
static bool advance(struct peer *peer, const unsigned char *ping, const unsigned char *pong) {
    if (!peer->has_sent) {
        ssize_t sent = send_bytes(peer, ping, frame_bytes);
        if (sent < 0 && (errno == EAGAIN || errno == ENOTCONN)) return false;
        if (sent != frame_bytes) fail("send");
        peer->has_sent = true;
    }
    while (peer->received < frame_bytes) {
        ssize_t count = receive_bytes(peer, peer->reply + peer->received, frame_bytes - peer->received);
        if (count < 0 && errno == EAGAIN) return false;
        if (count <= 0) fail("the server has closed a connection");
        peer->received += (size_t)count;
    }
    errno = 0;
    if (memcmp(peer->reply, pong, frame_bytes) != 0) fail("a wrong reply");
    if (peer->tls != NULL && !secure_is_as_asked(peer->tls)) fail("a handshake was not as asked");
    return true;
}

/// Opens `total` connections, at most `open` at a time.
static void run(
    int epoll, const struct sockaddr_in *server, long total, long open, const unsigned char *ping, const unsigned char *pong
) {
    static struct peer peers[most_open];
    static struct epoll_event events[most_open];
    for (long i = 0; i < open; i++) open_connection(&peers[i], epoll, server);
    for (long opened = open, done = 0; done < total;) {
        int ready = epoll_wait(epoll, events, most_open, -1);
        for (int i = 0; i < ready; i++) {
            struct peer *peer = events[i].data.ptr;
            if (!advance(peer, ping, pong)) continue;
            secure_close(peer->tls);
            close(peer->socket);
            done++;
            if (opened++ < total) open_connection(peer, epoll, server);
        }
    }
}

int main(int count, char **arguments) {
    bool is_complete = count == 4 || count == 6;
    long port = is_complete ? atol(arguments[1]) : 0, total = is_complete ? atol(arguments[2]) : 0;
    long open = is_complete ? atol(arguments[3]) : 0;
    bool resumes = count == 6 && strcmp(arguments[4], "resumed") == 0;
    bool is_full = count == 6 && strcmp(arguments[4], "full") == 0;
    if (port < 1 || port > 65535 || total < 1 || open < 1 || open > most_open || (count == 6 && !resumes && !is_full)) {
        fprintf(stderr, "usage: connect-load PORT CONNECTIONS OPEN-AT-A-TIME (1 to %d) [full|resumed CERTIFICATE]\n", most_open);
        return 2;
    }
    if (open > total) open = total;
    if (count == 6 && !secure_begin(arguments[5])) return 1;
    unsigned char ping[frame_bytes], pong[frame_bytes];
    make_frame(ping, false);
    make_frame(pong, true);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int epoll = epoll_create1(0);
    struct timespec start, end;
    if (resumes) {
        // The session that the first measured connections resume.
        run(epoll, &server, 1, 1, ping, pong);
        errno = 0;
        if (!secure_resume()) fail("the server has issued no session to resume");
    }
    clock_gettime(CLOCK_MONOTONIC, &start);
    run(epoll, &server, total, open, ping, pong);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    printf("{\"connections_per_second\": %.1f}\n", (double)total / seconds);
    return 0;
}
