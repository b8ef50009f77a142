/* TCP over loopback: listening, backlog, connecting, half-closing, resets, nonblocking connects. */
#include "check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static struct sockaddr_in at(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int state(int fd)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) ? -errno : info.tcpi_state;
}

static void ready(const char *what, int fd)
{
    struct pollfd wanted = {fd, POLLIN | POLLOUT | POLLRDHUP, 0};
    poll(&wanted, 1, 0);
    say("%s: revents %#x", what, wanted.revents);
}

static int port_of(int fd)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    getsockname(fd, (void *)&address, &length);
    return ntohs(address.sin_port);
}

static void pair(int server, int *client, int *peer)
{
    struct sockaddr_in address = at(port_of(server));
    *client = socket(AF_INET, SOCK_STREAM, 0);
    connect(*client, (void *)&address, sizeof address);
    *peer = accept(server, NULL, NULL);
}

int main(void)
{
    char buffer[64];
    struct sockaddr_in address = at(0), other;
    socklen_t length = sizeof other;
    int client, peer, one = 1;
    int server = ok(socket(AF_INET, SOCK_STREAM, 0));
    num(state(server));
    ret(accept(server, NULL, NULL));
    ret(bind(server, (void *)&address, 8));
    ret(bind(server, (void *)&address, sizeof address));
    ret(bind(server, (void *)&address, sizeof address));
    ret(listen(server, 2));
    num(state(server));
    yes(port_of(server) >= 1024);
    ret(connect(server, (void *)&address, sizeof address));
    int second = socket(AF_INET, SOCK_STREAM, 0);
    address = at(port_of(server));
    ret(bind(second, (void *)&address, sizeof address));
    address.sin_addr.s_addr = htonl(0x08080808);
    address.sin_port = 0;
    ret(bind(second, (void *)&address, sizeof address));
    struct sockaddr_in privileged = at(80);
    ret(bind(second, (void *)&privileged, sizeof privileged));
    address = at(port_of(server));
    client = socket(AF_INET, SOCK_STREAM, 0);
    ret(send(client, "x", 1, MSG_NOSIGNAL));
    ret(recv(client, buffer, 1, 0));
    ret(getpeername(client, (void *)&other, &length));
    ready("new socket", client);
    ret(connect(client, (void *)&address, sizeof address));
    num(state(client));
    ret(connect(client, (void *)&address, sizeof address));
    ready("connected", client);
    ready("server with a connection", server);
    length = sizeof other;
    peer = accept4(server, (void *)&other, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    num(length);
    yes(other.sin_addr.s_addr == htonl(INADDR_LOOPBACK) && ntohs(other.sin_port) == port_of(client));
    num(fcntl(peer, F_GETFD));
    ret(read(peer, buffer, 64));
    ret(write(client, "hello", 5));
    ret(write(client, " there", 6));
    ready("data", peer);
    int waiting;
    ret(ioctl(peer, FIONREAD, &waiting));
    num(waiting);
    ret(recv(peer, buffer, 64, MSG_PEEK));
    ret(recv(peer, buffer, 5, MSG_WAITALL));
    ret(read(peer, buffer, 64));
    mem(buffer, 6);
    ret(shutdown(client, SHUT_WR));
    yes(state(client) == TCP_FIN_WAIT1 || state(client) == TCP_FIN_WAIT2);
    yes(state(peer) == TCP_CLOSE_WAIT);
    ready("half closed", peer);
    ret(read(peer, buffer, 64));
    ret(send(client, "x", 1, MSG_NOSIGNAL));
    ret(write(peer, "still", 5));
    ret(read(client, buffer, 64));
    close(peer);
    ret(read(client, buffer, 64));
    ready("both closed", client);
    num(state(client));
    close(client);
    /* Data that nobody reads: closing resets. */
    pair(server, &client, &peer);
    ret(write(client, "unread", 6));
    close(peer);
    ready("reset", client);
    ret(read(client, buffer, 64));
    ret(read(client, buffer, 64));
    ret(send(client, "x", 1, MSG_NOSIGNAL));
    close(client);
    /* Writing to a closed peer: the first goes out, the answer is a reset. */
    pair(server, &client, &peer);
    close(peer);
    ret(send(client, "x", 1, MSG_NOSIGNAL));
    ret(send(client, "x", 1, MSG_NOSIGNAL));
    ret(read(client, buffer, 64));
    close(client);
    pair(server, &client, &peer);
    struct linger abort_it = {1, 0};
    ret(setsockopt(client, SOL_SOCKET, SO_LINGER, &abort_it, sizeof abort_it));
    close(client);
    ret(read(peer, buffer, 64));
    int error;
    length = sizeof error;
    ret(getsockopt(peer, SOL_SOCKET, SO_ERROR, &error, &length));
    num(error);
    close(peer);
    pair(server, &client, &peer);
    ret(shutdown(client, SHUT_RD));
    ret(read(client, buffer, 64));
    ret(shutdown(client, SHUT_RDWR));
    ret(read(peer, buffer, 64));
    close(client);
    close(peer);
    client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int result = connect(client, (void *)&address, sizeof address);
    say("nonblocking connect: %s", result == 0 || errno == EINPROGRESS ? "begun" : error_name(errno));
    struct pollfd wanted = {client, POLLOUT, 0};
    ret(poll(&wanted, 1, 1000));
    length = sizeof error;
    getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &length);
    num(error);
    peer = accept(server, NULL, NULL);
    close(client);
    close(peer);
    fcntl(server, F_SETFL, O_NONBLOCK);
    ret(accept(server, NULL, NULL));
    close(server);
    client = socket(AF_INET, SOCK_STREAM, 0);
    ret(connect(client, (void *)&address, sizeof address));
    client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    result = connect(client, (void *)&address, sizeof address);
    say("refused: %s", result < 0 && (errno == EINPROGRESS || errno == ECONNREFUSED) ? "yes" : "no");
    wanted.fd = client;
    poll(&wanted, 1, 1000);
    if (errno == EINPROGRESS)
        getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &length);
    ret(setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one));
    ret(setsockopt(client, IPPROTO_TCP, 9999, &one, sizeof one));
    other.sin_family = 99;
    client = socket(AF_INET, SOCK_STREAM, 0);
    ret(connect(client, (void *)&other, sizeof other));
    ret(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
    ret(socket(99, SOCK_STREAM, 0));
    ret(socket(AF_INET, 99, 0));
    ret(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
    /* A large transfer between two processes. */
    server = socket(AF_INET, SOCK_STREAM, 0);
    address = at(0);
    bind(server, (void *)&address, sizeof address);
    listen(server, 1);
    address = at(port_of(server));
    pid_t pid = fork();
    if (pid == 0) {
        static char block[10000];
        client = socket(AF_INET, SOCK_STREAM, 0);
        connect(client, (void *)&address, sizeof address);
        long sent = 0;
        for (int i = 0; i < 30; i++)
            sent += write(client, block, sizeof block);
        _exit(sent == 300000);
    }
    peer = accept(server, NULL, NULL);
    long total = 0;
    static char block[7000];
    for (long got; (got = read(peer, block, sizeof block)) > 0;)
        total += got;
    num(total);
    reap("sender", pid);
    return 0;
}
