/* UDP over loopback: boundaries, truncation, connected sockets, refused ports, addresses and IPv6. */
#include "check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static struct sockaddr_in at(uint32_t host, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(host);
    return address;
}

static int port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    getsockname(fd, (void *)&address, &length);
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

int main(void)
{
    char buffer[64], text[INET6_ADDRSTRLEN];
    struct sockaddr_in address = at(INADDR_LOOPBACK, 0), other;
    socklen_t length = sizeof other;
    int a = ok(socket(AF_INET, SOCK_DGRAM, 0)), b = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    num(port_of(a));
    ret(bind(a, (void *)&address, sizeof address));
    yes(port_of(a) > 0);
    address = at(INADDR_LOOPBACK, port_of(a));
    ret(bind(b, (void *)&address, sizeof address));
    ret(sendto(b, "datagram", 8, 0, (void *)&address, sizeof address));
    yes(port_of(b) > 0);
    int waiting;
    ret(ioctl(a, FIONREAD, &waiting));
    num(waiting);
    ret(recvfrom(a, buffer, 64, 0, (void *)&other, &length));
    num(length);
    yes(ntohs(other.sin_port) == port_of(b) && other.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    ret(sendto(a, "reply", 5, 0, (void *)&other, sizeof other));
    ret(recv(b, buffer, 3, MSG_PEEK));
    ret(recv(b, buffer, 3, MSG_TRUNC));
    ret(recv(b, buffer, 64, 0));
    ret(sendto(b, "", 0, 0, (void *)&address, sizeof address));
    struct pollfd wanted = {a, POLLIN | POLLOUT, 0};
    ret(poll(&wanted, 1, 0));
    num(wanted.revents);
    ret(recv(a, buffer, 64, 0));
    ret(write(b, "x", 1));
    ret(sendto(b, "x", 1, 0, (void *)&address, 4));
    ret(connect(b, (void *)&address, sizeof address));
    ret(write(b, "connected", 9));
    ret(recv(a, buffer, 64, 0));
    length = sizeof other;
    ret(getpeername(b, (void *)&other, &length));
    yes(ntohs(other.sin_port) == port_of(a));
    int c = socket(AF_INET, SOCK_DGRAM, 0);
    address = at(INADDR_LOOPBACK, port_of(b));
    ret(sendto(c, "stranger", 8, 0, (void *)&address, sizeof address));
    ret(recv(b, buffer, 64, 0));
    struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
    ret(connect(b, &unspecified, sizeof unspecified));
    ret(getpeername(b, (void *)&other, &length));
    int port = port_of(a);
    close(a);
    address = at(INADDR_LOOPBACK, port);
    ret(connect(b, (void *)&address, sizeof address));
    ret(write(b, "x", 1));
    ret(write(b, "x", 1));
    ret(recv(b, buffer, 64, 0));
    ret(recv(b, buffer, 64, 0));
    static char large[70000];
    ret(sendto(c, large, sizeof large, 0, (void *)&address, sizeof address));
    ret(listen(c, 1));
    ret(accept(c, NULL, NULL));
    ret(shutdown(c, SHUT_RD));
    address.sin_port = 0;
    ret(sendto(c, "x", 1, 0, (void *)&address, sizeof address));
    int any = socket(AF_INET, SOCK_DGRAM, 0);
    address = at(INADDR_ANY, 0);
    ret(bind(any, (void *)&address, sizeof address));
    address = at(INADDR_LOOPBACK + 4, port_of(any));
    ret(sendto(c, "127.0.0.5", 9, 0, (void *)&address, sizeof address));
    ret(recv(any, buffer, 64, 0));
    int v6 = socket(AF_INET6, SOCK_DGRAM, 0);
    ok(v6);
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback}, from;
    ret(bind(v6, (void *)&six, sizeof six));
    six.sin6_port = htons(port_of(v6));
    int v6b = socket(AF_INET6, SOCK_DGRAM, 0);
    ret(sendto(v6b, "six", 3, 0, (void *)&six, sizeof six));
    length = sizeof from;
    ret(recvfrom(v6, buffer, 64, 0, (void *)&from, &length));
    num(length);
    str(inet_ntop(AF_INET6, &from.sin6_addr, text, sizeof text));
    ret(bind(v6b, (void *)&address, sizeof address));
    struct timeval limit = {0, 3000};
    ret(setsockopt(v6, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
    int64_t start = monotonic();
    ret(recv(v6, buffer, 64, 0));
    yes(monotonic() - start >= 3 * MILLISECOND);
    pid_t pid = fork();
    if (pid == 0) {
        usleep(2000);
        sendto(v6b, "woken", 5, 0, (void *)&six, sizeof six);
        _exit(0);
    }
    limit.tv_sec = 5;
    setsockopt(v6, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ret(recv(v6, buffer, 64, 0));
    reap("sender", pid);
    return 0;
}
