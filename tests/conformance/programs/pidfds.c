/* pidfd_open, pidfd_send_signal, waitid(P_PIDFD), clone3 with CLONE_PIDFD, pidfd_getfd, polling for the end. */
#include "check.h"
#include <poll.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_send_signal 424
#define SYS_pidfd_open 434
#define SYS_clone3 435
#define SYS_pidfd_getfd 438
#endif
#define MY_P_PIDFD 3

int main(void)
{
    siginfo_t info;
    int go[2];
    char byte;
    pipe(go);
    pid_t pid = fork();
    if (pid == 0) {
        read(go[0], &byte, 1);
        _exit(11);
    }
    int fd = ok(syscall(SYS_pidfd_open, pid, 0));
    ret(fcntl(fd, F_GETFD));
    struct pollfd wanted = {fd, POLLIN, 0};
    ret(poll(&wanted, 1, 0));
    ret(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
    ret(syscall(SYS_pidfd_send_signal, fd, 65, NULL, 0));
    ret(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 64));
    ret(syscall(SYS_pidfd_send_signal, go[0], 0, NULL, 0));
    ret(read(fd, &byte, 1));
    int end = syscall(SYS_pidfd_getfd, fd, go[1], 0);
    ok(end);
    ret(syscall(SYS_pidfd_getfd, fd, 999, 0));
    write(go[1], "x", 1);
    ret(poll(&wanted, 1, 5000));
    num(wanted.revents & POLLIN);
    ret(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
    ret(waitid(MY_P_PIDFD, fd, &info, WEXITED));
    yes(info.si_pid == pid);
    num(info.si_status);
    ret(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
    ret(waitid(MY_P_PIDFD, fd, &info, WEXITED));
    ret(waitid(MY_P_PIDFD, 999, &info, WEXITED));
    ret(syscall(SYS_pidfd_open, pid, 0));
    ret(syscall(SYS_pidfd_open, -1, 0));
    ret(syscall(SYS_pidfd_open, 0, 0));
    ret(syscall(SYS_pidfd_open, getpid(), 0x4000));
    struct {
        uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
    } args = {0};
    int pidfd = -1;
    args.flags = 0x1000;
    args.pidfd = (uintptr_t)&pidfd;
    args.exit_signal = SIGCHLD;
    pid = syscall(SYS_clone3, &args, sizeof args);
    if (pid == 0) {
        for (;;)
            pause();
    }
    yes(pid > 0 && pidfd >= 0);
    ret(fcntl(pidfd, F_GETFD));
    ret(syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0));
    ret(waitid(MY_P_PIDFD, pidfd, &info, WEXITED));
    say("code %d status %d", info.si_code, info.si_status);
    ret(syscall(SYS_clone3, &args, 8));
    args.exit_signal = 99;
    ret(syscall(SYS_clone3, &args, sizeof args));
    args.exit_signal = 0;
    args.flags = 0x10000;
    ret(syscall(SYS_clone3, &args, sizeof args));
    args.flags = 0x800;
    ret(syscall(SYS_clone3, &args, sizeof args));
    pid = syscall(SYS_clone, 0, 0, 0, 0, 0);
    if (pid == 0)
        _exit(6);
    int status;
    ret(waitpid(pid, &status, 0));
    num(waitpid(pid, &status, __WALL) == pid || waitpid(pid, &status, __WCLONE) == pid);
    ret(syscall(SYS_clone, 0x10000, 0, 0, 0, 0));
    ret(syscall(SYS_clone, 0x800, 0, 0, 0, 0));
    return 0;
}
