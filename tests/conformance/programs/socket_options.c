/* getsockopt and setsockopt: defaults, doubled buffers, lengths, and each refusal; getaddrinfo of what is local. */
#include "check.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

static int get(int fd, int level, int option)
{
    int value = 0;
    socklen_t length = sizeof value;
    int result = getsockopt(fd, level, option, &value, &length);
    return result ? -errno : value;
}

static int set(int fd, int level, int option, int value)
{
    return setsockopt(fd, level, option, &value, sizeof value);
}

static void look_up(const char *host, const char *service, int family, int flags)
{
    struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = flags}, *list;
    char text[64];
    int error = getaddrinfo(host, service, &hints, &list);
    if (error) {
        say("%s %s: %s", host ? host : "(null)", service ? service : "(null)",
            error == EAI_NONAME ? "EAI_NONAME" : error == EAI_SERVICE ? "EAI_SERVICE" : "another error");
        return;
    }
    for (struct addrinfo *one = list; one; one = one->ai_next) {
        void *address = one->ai_family == AF_INET ? (void *)&((struct sockaddr_in *)one->ai_addr)->sin_addr
                                                  : (void *)&((struct sockaddr_in6 *)one->ai_addr)->sin6_addr;
        say("%s: family %d type %d %s port %d", host ? host : "(null)", one->ai_family, one->ai_socktype,
            inet_ntop(one->ai_family, address, text, sizeof text), ntohs(((struct sockaddr_in *)one->ai_addr)->sin_port));
    }
    freeaddrinfo(list);
}

int main(void)
{
    int t = socket(AF_INET, SOCK_STREAM, 0), u = socket(AF_INET, SOCK_DGRAM, 0), l = socket(AF_UNIX, SOCK_STREAM, 0);
    num(get(t, SOL_SOCKET, SO_TYPE));
    num(get(t, SOL_SOCKET, SO_DOMAIN));
    num(get(t, SOL_SOCKET, SO_PROTOCOL));
    num(get(u, SOL_SOCKET, SO_TYPE));
    num(get(u, SOL_SOCKET, SO_PROTOCOL));
    num(get(l, SOL_SOCKET, SO_DOMAIN));
    num(get(t, SOL_SOCKET, SO_ERROR));
    num(get(t, SOL_SOCKET, SO_ACCEPTCONN));
    num(get(t, SOL_SOCKET, SO_REUSEADDR));
    ret(set(t, SOL_SOCKET, SO_REUSEADDR, 7));
    num(get(t, SOL_SOCKET, SO_REUSEADDR));
    ret(set(t, SOL_SOCKET, SO_KEEPALIVE, 1));
    num(get(t, SOL_SOCKET, SO_KEEPALIVE));
    ret(set(t, SOL_SOCKET, SO_BROADCAST, 1));
    num(get(t, SOL_SOCKET, SO_BROADCAST));
    ret(set(t, SOL_SOCKET, SO_OOBINLINE, 1));
    num(get(t, SOL_SOCKET, SO_OOBINLINE));
    ret(set(t, SOL_SOCKET, SO_SNDBUF, 20000));
    num(get(t, SOL_SOCKET, SO_SNDBUF));
    ret(set(t, SOL_SOCKET, SO_RCVBUF, 30000));
    num(get(t, SOL_SOCKET, SO_RCVBUF));
    ret(set(t, SOL_SOCKET, SO_SNDBUF, 1));
    num(get(t, SOL_SOCKET, SO_SNDBUF));
    ret(set(t, SOL_SOCKET, SO_RCVBUF, 1));
    num(get(t, SOL_SOCKET, SO_RCVBUF));
    num(get(l, SOL_SOCKET, SO_SNDBUF));
    ret(set(t, SOL_SOCKET, SO_REUSEPORT, 1));
    num(get(t, SOL_SOCKET, SO_REUSEPORT));
    ret(set(t, SOL_SOCKET, SO_RCVLOWAT, 10));
    num(get(t, SOL_SOCKET, SO_RCVLOWAT));
    ret(set(t, SOL_SOCKET, SO_PRIORITY, 3));
    num(get(t, SOL_SOCKET, SO_PRIORITY));
    ret(set(t, SOL_SOCKET, SO_PRIORITY, 9));
    ret(set(t, SOL_SOCKET, SO_MARK, 1));
    ret(set(t, SOL_SOCKET, SO_TYPE, 1));
    ret(set(t, SOL_SOCKET, 9999, 1));
    num(get(t, SOL_SOCKET, 9999));
    num(get(t, 9999, 1));
    ret(set(t, 9999, 1, 1));
    num(get(999, SOL_SOCKET, SO_TYPE));
    num(get(0, SOL_SOCKET, SO_TYPE));
    struct linger linger = {0, 0};
    socklen_t length = sizeof linger;
    ret(getsockopt(t, SOL_SOCKET, SO_LINGER, &linger, &length));
    num(linger.l_onoff);
    linger.l_onoff = 1;
    linger.l_linger = 5;
    ret(setsockopt(t, SOL_SOCKET, SO_LINGER, &linger, 4));
    ret(setsockopt(t, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
    ret(getsockopt(t, SOL_SOCKET, SO_LINGER, &linger, &length));
    num(linger.l_linger);
    struct timeval limit = {1, 500000};
    ret(setsockopt(t, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
    memset(&limit, 0, sizeof limit);
    length = sizeof limit;
    ret(getsockopt(t, SOL_SOCKET, SO_RCVTIMEO, &limit, &length));
    say("%ld.%06ld", (long)limit.tv_sec, (long)limit.tv_usec);
    limit.tv_usec = 1000000;
    ret(setsockopt(t, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
    int value = -1;
    length = 2;
    ret(getsockopt(t, SOL_SOCKET, SO_TYPE, &value, &length));
    num(length);
    length = 100;
    ret(getsockopt(t, SOL_SOCKET, SO_TYPE, &value, &length));
    num(length);
    length = -1;
    ret(getsockopt(t, SOL_SOCKET, SO_TYPE, &value, &length));
    ret(setsockopt(t, SOL_SOCKET, SO_REUSEADDR, &value, 2));
    ret(setsockopt(t, SOL_SOCKET, SO_REUSEADDR, (void *)8, 4));
    num(get(t, IPPROTO_TCP, TCP_NODELAY));
    ret(set(t, IPPROTO_TCP, TCP_NODELAY, 1));
    num(get(t, IPPROTO_TCP, TCP_NODELAY));
    ret(set(t, IPPROTO_TCP, TCP_KEEPIDLE, 60));
    num(get(t, IPPROTO_TCP, TCP_KEEPIDLE));
    num(get(u, IPPROTO_TCP, TCP_NODELAY));
    num(get(t, IPPROTO_IP, IP_TTL));
    ret(set(t, IPPROTO_IP, IP_TTL, 10));
    num(get(t, IPPROTO_IP, IP_TTL));
    ret(set(t, IPPROTO_IP, IP_TTL, 300));
    int six = socket(AF_INET6, SOCK_STREAM, 0);
    num(get(six, IPPROTO_IPV6, IPV6_V6ONLY));
    ret(set(six, IPPROTO_IPV6, IPV6_V6ONLY, 1));
    num(get(six, IPPROTO_IPV6, IPV6_V6ONLY));
    look_up("127.0.0.1", "80", AF_INET, AI_NUMERICHOST);
    look_up("::1", "80", AF_INET6, AI_NUMERICHOST);
    look_up("not numeric", "80", AF_UNSPEC, AI_NUMERICHOST);
    look_up(NULL, "8080", AF_INET, AI_PASSIVE);
    look_up(NULL, "8080", AF_INET, 0);
#ifndef __GLIBC__
    /* glibc would load its resolver's modules, which a static program does not have. */
    look_up("localhost", "80", AF_INET, 0);
#endif
    return 0;
}
