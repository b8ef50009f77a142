/* AF_UNIX: stream, datagram, seqpacket, names in the file system and abstract, backlog, peers and refusals. */
#include "check.h"
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

static socklen_t name(struct sockaddr_un *address, const char *path, int length)
{
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, length);
    return offsetof(struct sockaddr_un, sun_path) + length;
}

static void show_name(const char *what, int result, const struct sockaddr_un *address, const socklen_t *told)
{
    int length = *told;
    if (result)
        say("%s: %s", what, error_name(errno));
    else
        say("%s: family %d length %d \"%s\"", what, address->sun_family, length,
            length > 2 ? escaped(address->sun_path, length - 2) : "");
}

int main(void)
{
    char buffer[64];
    struct sockaddr_un address, other;
    socklen_t length;
    int s[2];
    ret(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    ret(write(s[0], "hello", 5));
    ret(write(s[0], "world", 5));
    int waiting;
    ret(ioctl(s[1], FIONREAD, &waiting));
    num(waiting);
    ret(recv(s[1], buffer, 3, MSG_PEEK));
    ret(read(s[1], buffer, 64));
    mem(buffer, 10);
    ret(recv(s[1], buffer, 64, MSG_DONTWAIT));
    ret(shutdown(s[0], SHUT_WR));
    ret(read(s[1], buffer, 64));
    ret(send(s[0], "x", 1, MSG_NOSIGNAL));
    ret(write(s[1], "back", 4));
    ret(read(s[0], buffer, 64));
    close(s[1]);
    ret(read(s[0], buffer, 64));
    ret(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
    ret(write(s[0], "one", 3));
    ret(write(s[0], "", 0));
    ret(write(s[0], "three", 5));
    ret(recv(s[1], buffer, 2, 0));
    ret(recv(s[1], buffer, 64, MSG_TRUNC));
    ret(recv(s[1], buffer, 2, MSG_TRUNC));
    close(s[1]);
    ret(write(s[0], "x", 1));
    ret(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s));
    ret(write(s[0], "record", 6));
    ret(write(s[0], "next", 4));
    ret(read(s[1], buffer, 3));
    ret(read(s[1], buffer, 64));
    mem(buffer, 4);
    close(s[0]);
    ret(read(s[1], buffer, 64));
    ret(socketpair(AF_UNIX, 99, 0, s));
    ret(socketpair(AF_INET, SOCK_STREAM, 0, s));
    ret(socket(AF_UNIX, SOCK_STREAM, 77));
    int server = ok(socket(AF_UNIX, SOCK_STREAM, 0));
    length = sizeof other;
    show_name("unbound", getsockname(server, (void *)&other, &length), &other, &length);
    ret(listen(server, 1));
    socklen_t size = name(&address, "sock", 5);
    ret(bind(server, (void *)&address, size));
    ret(bind(server, (void *)&address, size));
    struct stat st;
    stat("sock", &st);
    yes(S_ISSOCK(st.st_mode));
    ret(open("sock", O_RDWR));
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    ret(bind(client, (void *)&address, size));
    ret(connect(client, (void *)&address, size));
    ret(accept(server, NULL, NULL));
    ret(listen(server, 1));
    ret(connect(client, (void *)&address, size));
    ret(connect(client, (void *)&address, size));
    ret(write(client, "early", 5));
    length = sizeof other;
    int peer = accept(server, (void *)&other, &length);
    show_name("accepted", peer < 0, &other, &length);
    ret(read(peer, buffer, 64));
    length = sizeof other;
    show_name("peer of the client", getpeername(client, (void *)&other, &length), &other, &length);
    length = sizeof other;
    show_name("own name of the accepted", getsockname(peer, (void *)&other, &length), &other, &length);
    struct ucred credentials;
    length = sizeof credentials;
    ret(getsockopt(client, SOL_SOCKET, SO_PEERCRED, &credentials, &length));
    yes(credentials.pid == getpid() && credentials.uid == getuid() && credentials.gid == getgid());
    fcntl(server, F_SETFL, O_NONBLOCK);
    ret(accept(server, NULL, NULL));
    /* A backlog of 1 holds two, and the third would wait. */
    int waiting_client[3];
    for (int i = 0; i < 3; i++) {
        waiting_client[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
        ret(connect(waiting_client[i], (void *)&address, size));
    }
    close(server);
    ret(read(waiting_client[0], buffer, 64));
    client = socket(AF_UNIX, SOCK_STREAM, 0);
    ret(connect(client, (void *)&address, size));
    size = name(&other, "absent", 7);
    ret(connect(client, (void *)&other, size));
    size = name(&other, "", 0);
    ret(connect(client, (void *)&other, size));
    put_file("plain", "");
    size = name(&other, "plain", 6);
    ret(connect(client, (void *)&other, size));
    size = name(&address, "\0abstract", 9);
    server = socket(AF_UNIX, SOCK_STREAM, 0);
    ret(bind(server, (void *)&address, size));
    ret(listen(server, 5));
    int second = socket(AF_UNIX, SOCK_STREAM, 0);
    ret(bind(second, (void *)&address, size));
    ret(connect(client, (void *)&address, size));
    length = sizeof other;
    show_name("abstract", getpeername(client, (void *)&other, &length), &other, &length);
    close(server);
    ret(bind(second, (void *)&address, size));
    int d1 = socket(AF_UNIX, SOCK_DGRAM, 0), d2 = socket(AF_UNIX, SOCK_DGRAM, 0);
    size = name(&address, "dgram", 6);
    ret(bind(d1, (void *)&address, size));
    ret(sendto(d2, "to you", 6, 0, (void *)&address, size));
    length = sizeof other;
    ret(recvfrom(d1, buffer, 64, 0, (void *)&other, &length));
    num(length);
    ret(write(d2, "x", 1));
    ret(connect(d2, (void *)&address, size));
    ret(write(d2, "x", 1));
    struct sockaddr_un automatic = {AF_UNIX};
    int d3 = socket(AF_UNIX, SOCK_DGRAM, 0);
    ret(bind(d3, (void *)&automatic, sizeof(sa_family_t)));
    length = sizeof other;
    getsockname(d3, (void *)&other, &length);
    num(length);
    num(other.sun_path[0]);
    ret(connect(client, (void *)&address, size));
    int again = socket(AF_UNIX, SOCK_STREAM, 0);
    ret(connect(again, (void *)&address, size));
    ret(listen(d1, 1));
    ret(accept(d1, NULL, NULL));
    ret(send(again, "x", 1, MSG_NOSIGNAL));
    ret(recv(again, buffer, 1, 0));
    ret(getpeername(again, (void *)&other, &length));
    ret(shutdown(again, SHUT_RDWR));
    ret(shutdown(client, 7));
    ret(send(0, "x", 1, 0));
    ret(recv(999, buffer, 1, 0));
    return 0;
}
