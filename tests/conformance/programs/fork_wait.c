/* fork, exit, wait4 and waitid with every option: statuses, zombies, WNOHANG, WNOWAIT, process groups. */
#include "check.h"
#include <sys/resource.h>

static void info_of(const char *what, int result, const siginfo_t *info, pid_t pid)
{
    if (result)
        say("%s: %s", what, error_name(errno));
    else if (info->si_pid == 0)
        say("%s: nobody", what);
    else
        say("%s: signo %d code %d status %d pid %s uid %s errno %d", what, info->si_signo, info->si_code, info->si_status,
            info->si_pid == pid ? "right" : "wrong", info->si_uid == getuid() ? "right" : "wrong", info->si_errno);
}

static pid_t child_that_exits(int status)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(status);
    return pid;
}

static pid_t child_that_sleeps(void)
{
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    return pid;
}

static pid_t child_killed_by(int number)
{
    pid_t pid = fork();
    if (pid == 0) {
        raise(number);
        _exit(0);
    }
    return pid;
}

int main(void)
{
    int status = 0x5555, value = 1;
    siginfo_t info;
    pid_t pid, other;
    ret(wait(&status));
    ret(waitpid(-1, &status, WNOHANG));
    ret(waitpid(1 << 22, &status, 0));
    ret(waitpid(-1, &status, 0x1000));
    ret(waitpid(INT32_MIN, &status, 0));
    reap("exit 0", child_that_exits(0));
    reap("exit 300", child_that_exits(300));
    reap("exit -1", child_that_exits(-1));
    reap("SIGTERM", child_killed_by(SIGTERM));
    reap("SIGKILL", child_killed_by(SIGKILL));
    reap("SIGUSR1", child_killed_by(SIGUSR1));
    reap("SIGCHLD", child_killed_by(SIGCHLD));
    reap("SIGURG", child_killed_by(SIGURG));
    pid = fork();
    if (pid == 0) {
        value = 2;
        _exit(value);
    }
    reap("value in the child", pid);
    num(value);
    pid = child_that_sleeps();
    ret(waitpid(pid, &status, WNOHANG));
    ret(waitid(P_PID, pid, &info, WEXITED | WNOHANG));
    num(info.si_pid);
    ret(kill(pid, 0));
    ret(kill(pid, SIGKILL));
    yes(waitpid(pid, NULL, 0) == pid);
    ret(kill(pid, 0));
    ret(waitpid(pid, &status, 0));
    pid = child_that_exits(7);
    info_of("WNOWAIT", waitid(P_PID, pid, &info, WEXITED | WNOWAIT), &info, pid);
    ret(kill(pid, SIGTERM));
    info_of("WNOWAIT again", waitid(P_PID, pid, &info, WEXITED | WNOWAIT), &info, pid);
    info_of("taken", waitid(P_PID, pid, &info, WEXITED), &info, pid);
    info_of("gone", waitid(P_PID, pid, &info, WEXITED), &info, pid);
    pid = child_killed_by(SIGHUP);
    info_of("killed", waitid(P_ALL, 0, &info, WEXITED), &info, pid);
    ret(waitid(P_PID, 1, &info, WEXITED));
    ret(waitid(P_ALL, 0, &info, 0));
    ret(waitid(P_ALL, 0, &info, WNOHANG));
    ret(waitid(9, 0, &info, WEXITED));
    ret(waitid(P_PID, 0, &info, WEXITED));
    ret(waitid(P_PID, -1, &info, WEXITED));
    ret(waitid(P_ALL, 0, &info, WEXITED | 0x10));
    pid = child_that_sleeps();
    setpgid(pid, pid);
    other = child_that_exits(3);
    yes(waitpid(0, &status, 0) == other);
    ret(waitpid(0, &status, WNOHANG));
    ret(waitpid(-pid, &status, WNOHANG));
    info_of("group", waitid(P_PGID, pid, &info, WEXITED | WNOHANG), &info, pid);
    ret(kill(-pid, SIGINT));
    yes(waitpid(-pid, &status, 0) == pid);
    show_status("group killed", status);
    ret(waitpid(-pid, &status, WNOHANG));
    signal(SIGCHLD, SIG_IGN);
    pid = child_that_exits(1);
    ret(waitpid(pid, &status, 0));
    signal(SIGCHLD, SIG_DFL);
    struct rusage usage;
    pid = child_that_exits(5);
    yes(wait4(pid, &status, 0, &usage) == pid);
    show_status("wait4", status);
    yes(usage.ru_utime.tv_sec == 0 && usage.ru_maxrss >= 0);
    pid = child_that_exits(6);
    ret(waitpid(pid, (int *)8, 0));
    ret(waitpid(pid, &status, 0));
    pid = child_that_exits(9);
    ret(syscall(SYS_waitid, P_PID, pid, NULL, WEXITED, NULL));
    pid_t children[5];
    for (int i = 0; i < 5; i++)
        children[i] = child_that_exits(10 + i);
    for (int i = 4; i >= 0; i--)
        reap("in my order", children[i]);
    return 0;
}
