/* siginfo: who sent what with which value; queueing order of standard and real-time signals; sigtimedwait. */
#include "check.h"

static volatile int seen;

static void show(int number, siginfo_t *info, void *context)
{
    (void)context;
    seen++;
    if (info->si_code == SI_QUEUE)
        say("signal %d code %d value %d from me: %d", number, info->si_code, info->si_value.sival_int,
            info->si_pid == getpid());
    else
        say("signal %d code %d from me: %d uid mine: %d", number, info->si_code, info->si_pid == getpid(),
            info->si_uid == getuid());
}

static int take(const sigset_t *set, const struct timespec *timeout)
{
    siginfo_t info;
    memset(&info, 0, sizeof info);
    int number = sigtimedwait(set, &info, timeout);
    if (number < 0)
        say("taken: %s", error_name(errno));
    else
        say("taken: signal %d code %d value %d", number, info.si_code,
            info.si_code == SI_QUEUE ? info.si_value.sival_int : 0);
    return number;
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = show, .sa_flags = SA_SIGINFO};
    struct timespec zero = {0, 0}, tick = {0, 2 * MILLISECOND}, bad = {0, -1};
    sigset_t set, all;
    sigfillset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    for (int number = SIGRTMIN; number <= SIGRTMIN + 3; number++)
        sigaction(number, &action, NULL);
    ret(kill(getpid(), SIGUSR1));
    ret(raise(SIGUSR1));
    ret(sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 7}));
    ret(sigqueue(getpid(), 65, (union sigval){0}));
    ret(sigqueue(1 << 22, 0, (union sigval){0}));
    sigemptyset(&all);
    for (int number = SIGRTMIN; number <= SIGRTMIN + 3; number++)
        sigaddset(&all, number);
    sigaddset(&all, SIGUSR1);
    sigaddset(&all, SIGUSR2);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (int i = 0; i < 3; i++) {
        sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = i});
        sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 10 + i});
        sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 20 + i});
    }
    num(seen);
    sigprocmask(SIG_UNBLOCK, &all, NULL);
    num(seen);
    sigprocmask(SIG_BLOCK, &all, NULL);
    take(&all, &zero);
    take(&all, &tick);
    take(&all, &bad);
    sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 1});
    sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 2});
    kill(getpid(), SIGUSR2);
    sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 3});
    for (int i = 0; i < 5; i++)
        take(&all, &zero);
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 3);
    sigqueue(getpid(), SIGRTMIN + 3, (union sigval){.sival_int = 4});
    siginfo_t info;
    yes(sigwaitinfo(&set, &info) == SIGRTMIN + 3);
    num(info.si_value.sival_int);
    kill(getpid(), SIGUSR2);
    int number;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    err(sigwait(&set, &number));
    num(number);
    pid_t pid = fork();
    if (pid == 0) {
        sigqueue(getppid(), SIGUSR2, (union sigval){.sival_int = 99});
        _exit(0);
    }
    ret(sigwaitinfo(&set, &info));
    yes(info.si_pid == pid);
    num(info.si_value.sival_int);
    reap("child", pid);
    /* Pending signals are not inherited. */
    kill(getpid(), SIGUSR2);
    pid = fork();
    if (pid == 0) {
        sigset_t pending;
        sigpending(&pending);
        _exit(sigismember(&pending, SIGUSR2));
    }
    reap("pending in the child", pid);
    take(&set, &zero);
    /* An unblocked signal interrupts the wait for others. */
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaction(SIGHUP, &action, NULL);
    pid = fork();
    if (pid == 0) {
        usleep(5000);
        kill(getppid(), SIGHUP);
        _exit(0);
    }
    ret(syscall(SYS_rt_sigtimedwait, &set, &info, NULL, 8));
    reap("child", pid);
    siginfo_t forged = {.si_signo = SIGUSR2, .si_code = SI_QUEUE};
    forged.si_value.sival_int = 5;
    ret(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR2, &forged));
    take(&set, &zero);
    forged.si_code = SI_USER;
    ret(syscall(SYS_rt_sigqueueinfo, getppid(), 0, &forged));
    forged.si_code = -60;
    ret(syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), SIGUSR2, &forged));
    take(&set, &zero);
    return 0;
}
