/* EINTR and SA_RESTART: which waiting calls start again after a handler and which do not. */
#include "check.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>

static volatile int count;

static void handler(int number)
{
    count++;
}

/* A signal 10 ms from now, by a timer of this process. */
static void soon(void)
{
    struct itimerval timer = {{0, 0}, {0, 10000}};
    count = 0;
    setitimer(ITIMER_REAL, &timer, NULL);
}

static pid_t writer(int fd)
{
    pid_t pid = fork();
    if (pid == 0) {
        usleep(100000);
        write(fd, "late", 4);
        _exit(0);
    }
    return pid;
}

static void install(int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigaction(SIGALRM, &action, NULL);
}

static void all(const char *kind)
{
    char buffer[16];
    int pipes[2], sockets[2], status;
    struct timespec forever = {100, 0}, remaining = {0, 0};
    say("-- %s", kind);
    pipe(pipes);
    socketpair(AF_UNIX, SOCK_STREAM, 0, sockets);
    pid_t pid = writer(pipes[1]);
    soon();
    int got = ret(read(pipes[0], buffer, 16));
    num(count);
    if (got < 0)
        read(pipes[0], buffer, 16);
    waitpid(pid, NULL, 0);
    pid = writer(sockets[1]);
    soon();
    got = ret(recv(sockets[0], buffer, 16, 0));
    num(count);
    if (got < 0)
        recv(sockets[0], buffer, 16, 0);
    waitpid(pid, NULL, 0);
    pid = fork();
    if (pid == 0) {
        usleep(100000);
        _exit(3);
    }
    soon();
    got = waitpid(pid, &status, 0);
    say("waitpid: %s", got < 0 ? error_name(errno) : got == pid ? "the child" : "?");
    num(count);
    if (got < 0)
        waitpid(pid, NULL, 0);
    soon();
    ret(nanosleep(&forever, &remaining));
    yes(remaining.tv_sec == 99 && remaining.tv_nsec > 900000000);
    num(count);
    soon();
    err(clock_nanosleep(CLOCK_MONOTONIC, 0, &forever, &remaining));
    soon();
    struct pollfd wanted = {pipes[0], POLLIN, 0};
    ret(poll(&wanted, 1, 10000));
    soon();
    fd_set set;
    FD_ZERO(&set);
    FD_SET(pipes[0], &set);
    ret(select(pipes[0] + 1, &set, NULL, NULL, NULL));
    soon();
    int epoll = epoll_create1(0);
    struct epoll_event event;
    ret(epoll_wait(epoll, &event, 1, 10000));
    soon();
    ret(pause());
    soon();
    ret(usleep(100000000 / 1000 * 9));
    num(count);
    struct timeval timeout = {5, 0};
    setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    soon();
    ret(recv(sockets[0], buffer, 16, 0));
    close(epoll);
}

int main(void)
{
    install(0);
    all("without SA_RESTART");
    install(SA_RESTART);
    all("with SA_RESTART");
    /* An ignored signal interrupts nothing. */
    signal(SIGALRM, SIG_IGN);
    int pipes[2];
    char buffer[16];
    pipe(pipes);
    pid_t pid = writer(pipes[1]);
    soon();
    ret(read(pipes[0], buffer, 16));
    reap("writer", pid);
    struct timespec tick = {0, 30 * MILLISECOND};
    soon();
    ret(nanosleep(&tick, NULL));
    install(0);
    siginterrupt(SIGALRM, 0);
    pid = writer(pipes[1]);
    soon();
    ret(read(pipes[0], buffer, 16));
    reap("writer", pid);
    /* What was written before the signal counts. */
    static char block[200000];
    install(0);
    soon();
    ret(write(pipes[1], block, sizeof block));
    num(count);
    return 0;
}
