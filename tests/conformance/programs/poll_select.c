/* poll, ppoll, select, pselect: readiness of every kind of descriptor, time-outs, hang-ups, masks. */
#include "check.h"
#include <poll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>

static void ready(const char *what, int fd, int events)
{
    struct pollfd wanted = {fd, events, 0x77};
    int result = poll(&wanted, 1, 0);
    say("%s: %d revents %#x", what, result, wanted.revents);
}

static void handler(int number)
{
}

#define ALL (POLLIN | POLLOUT | POLLPRI | POLLRDHUP)

int main(void)
{
    char byte;
    int p[2], s[2];
    static char block[65536];
    pipe(p);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    put_file("f", "x");
    int file = open("f", O_RDWR), dir = open(".", O_RDONLY), null = open("/dev/null", O_RDWR);
    ready("regular file", file, ALL);
    ready("directory", dir, ALL);
    ready("/dev/null", null, ALL);
    ready("empty pipe, reader", p[0], ALL);
    ready("empty pipe, writer", p[1], ALL);
    write(p[1], "x", 1);
    ready("pipe with data", p[0], ALL);
    ready("only what is asked", p[0], POLLOUT);
    fcntl(p[1], F_SETFL, O_NONBLOCK);
    write(p[1], block, 65535);
    ready("full pipe, writer", p[1], ALL);
    ready("standard input at its end", 0, POLLIN);
    close(p[1]);
    ready("no writer, data left", p[0], ALL);
    while (read(p[0], block, sizeof block) > 0)
        ;
    ready("no writer", p[0], ALL);
    ready("no writer, nothing asked", p[0], 0);
    pipe(p);
    close(p[0]);
    ready("no reader", p[1], ALL);
    ready("closed", 999, ALL);
    ready("negative", -1, ALL);
    ready("socket", s[0], ALL);
    write(s[1], "x", 1);
    ready("socket with data", s[0], ALL);
    shutdown(s[1], SHUT_WR);
    ready("the peer shut down", s[0], ALL);
    close(s[1]);
    ready("the peer is gone", s[0], ALL);
    pipe(p);
    struct pollfd many[4] = {{p[0], POLLIN, 0}, {p[1], POLLOUT, 0}, {999, POLLIN, 0}, {-5, POLLIN, 9}};
    ret(poll(many, 4, -1));
    for (int i = 0; i < 4; i++)
        num(many[i].revents);
    int64_t start = monotonic();
    ret(poll(many, 1, 3));
    yes(monotonic() - start >= 3 * MILLISECOND);
    ret(poll(NULL, 0, 1));
#ifndef PORTABLE
    ret(syscall(SYS_poll, 8, 1, 0));
#endif
    ret(poll(many, 5000, 0));
    struct timespec zero = {0, 0}, bad = {0, -1};
    ret(ppoll(many, 1, &zero, NULL));
    ret(syscall(SYS_ppoll, many, 1, &bad, NULL, 8));
    ret(syscall(SYS_ppoll, many, 1, &zero, &zero, 4));
    fd_set in, out, except;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_ZERO(&except);
    FD_SET(p[0], &in);
    FD_SET(p[1], &out);
    FD_SET(p[0], &except);
    struct timeval limit = {0, 0}, late = {1, 0};
    ret(select(p[1] + 1, &in, &out, &except, &limit));
    num(FD_ISSET(p[0], &in) + 2 * FD_ISSET(p[1], &out) + 4 * FD_ISSET(p[0], &except));
    write(p[1], "x", 1);
    FD_SET(p[0], &in);
    FD_SET(p[1], &out);
    ret(select(p[1] + 1, &in, &out, NULL, &late));
    yes(late.tv_sec * 1000000 + late.tv_usec > 900000);
    FD_ZERO(&in);
    FD_SET(p[0], &in);
    ret(select(p[0], &in, NULL, NULL, &limit));
    FD_SET(40, &in);
    ret(select(41, &in, NULL, NULL, &limit));
    ret(select(-1, NULL, NULL, NULL, &limit));
    limit.tv_sec = -1;
    ret(select(0, NULL, NULL, NULL, &limit));
    limit.tv_sec = 0;
    limit.tv_usec = 2000;
    ret(select(0, NULL, NULL, NULL, &limit));
    num(limit.tv_usec);
    /* A blocked signal that the mask of ppoll and pselect lets in. */
    sigset_t set, empty;
    sigemptyset(&set);
    sigemptyset(&empty);
    sigaddset(&set, SIGUSR1);
    signal(SIGUSR1, handler);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    ret(ppoll(NULL, 0, NULL, &empty));
    raise(SIGUSR1);
    ret(pselect(0, NULL, NULL, NULL, NULL, &empty));
    raise(SIGUSR1);
    struct pollfd available = {p[0], POLLIN, 0};
    ret(ppoll(&available, 1, NULL, &empty));
    sigset_t pending;
    sigpending(&pending);
    num(sigismember(&pending, SIGUSR1));
    /* Woken by a writer. */
    read(p[0], &byte, 1);
    pid_t pid = fork();
    if (pid == 0) {
        usleep(3000);
        write(p[1], "x", 1);
        _exit(0);
    }
    ret(poll(&available, 1, 10000));
    num(available.revents);
    reap("writer", pid);
    return 0;
}
