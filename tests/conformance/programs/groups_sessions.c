/* setpgid, getpgid, setsid, getsid, kill of groups: who leads what, and each refusal. */
#include "check.h"

static int got;

static void on_signal(int number)
{
    got = number;
}

int main(void)
{
    int to_parent[2], to_child[2], status;
    char byte;
    pipe(to_parent);
    pipe(to_child);
    yes(getpgrp() == getpid());
    yes(getpgid(0) == getpid());
    yes(getsid(0) != getpid());
    ret(setsid());
    ret(setpgid(0, 0));
    ret(setpgid(0, -1));
    ret(setpgid(1 << 22, 0));
    ret(getpgid(1 << 22));
    ret(getsid(1 << 22));
    ret(setpgid(getppid(), 0));
    pid_t child = fork();
    if (child == 0) {
        say("same group as the parent: %d", getpgrp() == getppid());
        ret(setpgid(0, 0));
        say("own group: %d", getpgrp() == getpid());
        ret(setpgid(0, 1 << 22));
        ret(setpgid(0, getppid()));
        say("parent's group: %d", getpgrp() == getppid());
        pid_t old = getsid(0);
        pid_t session = setsid();
        say("new session: %d %d %d", session == getpid(), getsid(0) == getpid(), getpgrp() == getpid());
        say("another session: %d", old != getsid(0));
        ret(setsid());
        ret(setpgid(0, getppid()));
        write(to_parent[1], "x", 1);
        read(to_child[0], &byte, 1);
        _exit(0);
    }
    read(to_parent[0], &byte, 1);
    yes(getsid(child) == child);
    yes(getpgid(child) == child);
    ret(setpgid(child, getpid()));
    write(to_child[1], "x", 1);
    reap("child", child);
    child = fork();
    if (child == 0) {
        read(to_child[0], &byte, 1);
        execl("/proc/self/exe", "program", NULL);
        _exit(127);
    }
    ret(setpgid(child, child));
    yes(getpgid(child) == child);
    pid_t sibling = fork();
    if (sibling == 0)
        for (;;)
            pause();
    ret(setpgid(sibling, child));
    yes(getpgid(sibling) == child);
    ret(kill(-child, 0));
    ret(kill(-child, SIGTERM));
    yes(waitpid(-child, &status, 0) > 0);
    show_status("one of the group", status);
    yes(waitpid(-child, &status, 0) > 0);
    show_status("the other", status);
    ret(kill(-child, 0));
    ret(kill(1 << 22, 0));
    ret(kill(getpid(), 65));
    ret(kill(getpid(), -1));
    ret(kill(1, 0));
    ret(kill(1, SIGTERM));
    signal(SIGUSR1, on_signal);
    ret(kill(0, SIGUSR1));
    num(got);
    got = 0;
    ret(killpg(getpgrp(), SIGUSR1));
    num(got);
    ret(killpg(-1, SIGUSR1));
    ret(syscall(SYS_tgkill, getpid(), getpid(), 0));
    ret(syscall(SYS_tgkill, 1 << 22, getpid(), 0));
    ret(syscall(SYS_tgkill, 0, getpid(), 0));
    ret(syscall(SYS_tkill, 0, 0));
    ret(syscall(SYS_tkill, 1 << 22, 0));
    return 0;
}
