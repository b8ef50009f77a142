/* eventfd and signalfd. */
#include "check.h"
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

static void ready(const char *what, int fd)
{
    struct pollfd wanted = {fd, POLLIN | POLLOUT, 0};
    poll(&wanted, 1, 0);
    say("%s: revents %#x", what, wanted.revents);
}

int main(void)
{
    uint64_t count = 0;
    int fd = eventfd(3, EFD_NONBLOCK);
    ok(fd);
    ready("3", fd);
    ret(read(fd, &count, 8));
    num(count);
    ret(read(fd, &count, 8));
    ready("0", fd);
    count = 5;
    ret(write(fd, &count, 8));
    ret(write(fd, &count, 8));
    ret(read(fd, &count, 4));
    ret(read(fd, &count, 16));
    num(count);
    count = UINT64_MAX;
    ret(write(fd, &count, 8));
    count--;
    ret(write(fd, &count, 8));
    ready("full", fd);
    count = 1;
    ret(write(fd, &count, 8));
    ret(write(fd, &count, 4));
    count = 0;
    ret(write(fd, &count, 8));
    ret(read(fd, &count, 8));
    yes(count == UINT64_MAX - 1);
    fd = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC);
    ret(fcntl(fd, F_GETFD));
    ret(read(fd, &count, 8));
    num(count);
    ret(read(fd, &count, 8));
    ret(read(fd, &count, 8));
    ret(eventfd(0, 77));
    ret(lseek(fd, 0, SEEK_SET));
    fd = eventfd(0, 0);
    pid_t pid = fork();
    if (pid == 0) {
        count = 17;
        write(fd, &count, 8);
        _exit(0);
    }
    ret(read(fd, &count, 8));
    num(count);
    reap("writer", pid);
    sigset_t set;
    struct signalfd_siginfo info[3];
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int sfd = ok(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    ret(fcntl(sfd, F_GETFD));
    ret(read(sfd, info, sizeof info));
    ready("no signal", sfd);
    kill(getpid(), SIGUSR1);
    sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 5});
    sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 6});
    ready("signals", sfd);
    ret(read(sfd, info, 127));
    ret(read(sfd, info, 2 * sizeof *info));
    num(info[0].ssi_signo);
    num(info[0].ssi_code);
    yes(info[0].ssi_pid == (unsigned)getpid() && info[0].ssi_uid == getuid());
    num(info[1].ssi_signo);
    num(info[1].ssi_int);
    ret(read(sfd, info, sizeof info));
    num(info[0].ssi_int);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    ret(signalfd(sfd, &set, 0) == sfd);
    kill(getpid(), SIGUSR1);
    ret(read(sfd, info, sizeof info));
    kill(getpid(), SIGUSR2);
    ret(read(sfd, info, sizeof info));
    num(info[0].ssi_signo);
    ret(signalfd(999, &set, 0));
    ret(signalfd(0, &set, 0));
    ret(signalfd(-1, &set, 7));
    ret(write(sfd, "x", 1));
    fcntl(sfd, F_SETFL, 0);
    pid = fork();
    if (pid == 0) {
        kill(getppid(), SIGUSR2);
        _exit(0);
    }
    ret(read(sfd, info, sizeof info));
    yes(info[0].ssi_pid == (unsigned)pid);
    reap("sender", pid);
    return 0;
}
