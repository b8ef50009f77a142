/* Queues of signals: their order, their limit, what is ignored, sigtimedwait, sigqueue's siginfo, signalfd. */
#include "check.h"
#include <sys/resource.h>
#include <sys/signalfd.h>

static pid_t sleeper;

static void order(int number)
{
    say("handler of %d", number);
}

static const int several[] = {SIGUSR2, SIGUSR1, SIGTERM, SIGHUP, 40, 35, 40};

static void send_several(int sa_mask_full)
{
    sigset_t all, old;
    struct sigaction action = {.sa_handler = order};
    if (sa_mask_full)
        sigfillset(&action.sa_mask);
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    for (int i = 0; i < 7; i++)
        sigaction(several[i], &action, NULL);
    for (int i = 0; i < 7; i++)
        kill(getpid(), several[i]);
    syscall(SYS_tgkill, getpid(), getpid(), SIGTERM);
    sigprocmask(SIG_SETMASK, &old, NULL);
}

static void limited(void)
{
    struct rlimit none = {0, 0};
    struct timespec at_once = {0, 0};
    union sigval value = {.sival_int = 1};
    siginfo_t info;
    sigset_t all;
    int number;
    setrlimit(RLIMIT_SIGPENDING, &none);
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    ret(sigqueue(getpid(), 40, value));
    ret(kill(getpid(), 41));
    ret(syscall(SYS_tgkill, getpid(), getpid(), 42));
    ret(kill(getpid(), SIGUSR1));
    ret(sigqueue(getpid(), SIGUSR2, value));
    while ((number = sigtimedwait(&all, &info, &at_once)) > 0)
        say("took %d code %d sender %d", number, info.si_code, info.si_pid == getpid());
    say("then %s", error_name(errno));
}

static void made_up(int number, int code, int rest)
{
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_code = code;
    info.si_signo = 3;
    ((char *)&info)[100] = rest;
    long result = syscall(SYS_rt_sigqueueinfo, getpid(), number, &info);
    say("code %d rest %d: %s", code, rest, result ? error_name(errno) : "sent");
    result = syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), number, &info);
    say("to the thread: %s", result ? error_name(errno) : "sent");
    result = syscall(SYS_rt_sigqueueinfo, sleeper, 0, &info);
    say("to another: %s", result ? error_name(errno) : "sent");
}

int main(void)
{
    int status;
    sigset_t all, set;
    siginfo_t info;
    struct timespec at_once = {0, 0}, bad = {0, -1}, soon = {0, 20000000};
    send_several(0);
    send_several(1);
    pid_t pid = fork();
    if (pid == 0) {
        limited();
        _exit(0);
    }
    waitpid(pid, &status, 0);

    sleeper = fork();
    if (sleeper == 0)
        for (;;)
            pause();
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    int codes[] = {SI_QUEUE, -30, SI_TKILL, SI_USER, 1, SI_KERNEL};
    for (int i = 0; i < 6; i++) {
        made_up(SIGUSR1, codes[i], 0);
        while (sigtimedwait(&all, &info, &at_once) > 0)
            say("took %d code %d", info.si_signo, info.si_code);
    }
    made_up(SIGUSR1, -30, 1);
    made_up(SIGUSR1, SI_QUEUE, 1);
    made_up(65, SI_QUEUE, 0);
    ret(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, NULL));
    ret(syscall(SYS_rt_tgsigqueueinfo, 0, getpid(), SIGUSR1, &info));
    ret(syscall(SYS_rt_sigqueueinfo, 0, SIGUSR1, &info));
    kill(sleeper, SIGKILL);
    waitpid(sleeper, &status, 0);
    while (sigtimedwait(&all, &info, &at_once) > 0)
        ;

    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    ret(sigtimedwait(&all, &info, &at_once));
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(SIGUSR1);
    ret(sigtimedwait(&all, &info, &at_once));
    ret(sigtimedwait(&all, &info, &bad));
    ret(syscall(SYS_rt_sigtimedwait, &all, &info, &at_once, 4));
    sigprocmask(SIG_BLOCK, &set, NULL);
    pid = fork();
    if (pid == 0) {
        nanosleep(&soon, NULL);
        _exit(5);
    }
    ret(sigwaitinfo(&all, &info));
    say("child: code %d status %d pid %d", info.si_code, info.si_status, info.si_pid == pid);
    waitpid(pid, &status, 0);
    ret(sigtimedwait(&all, &info, &soon));

    struct signalfd_siginfo records[3];
    int fd = signalfd(-1, &all, SFD_NONBLOCK);
    ret(read(fd, records, sizeof records));
    sigqueue(getpid(), 45, (union sigval){.sival_int = -5});
    raise(SIGUSR2);
    ret(read(fd, records, sizeof records));
    for (int i = 0; i < 2; i++)
        say("%u code %d sender %d int %d", records[i].ssi_signo, records[i].ssi_code,
            (pid_t)records[i].ssi_pid == getpid(), records[i].ssi_int);
    ret(read(fd, records, 100));
    ret(write(fd, records, 128));
    ret(pread(fd, records, 128, 0));
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    yes(signalfd(fd, &set, 0) == fd);
    raise(SIGUSR2);
    ret(read(fd, records, sizeof records));
    ret(signalfd(0, &set, 0));
    ret(signalfd(77, &set, 0));
    ret(signalfd(-1, &set, 1));
    fcntl(fd, F_SETFL, 0);
    pid = fork();
    if (pid == 0) {
        nanosleep(&soon, NULL);
        kill(getppid(), SIGHUP);
        _exit(0);
    }
    ret(read(fd, records, sizeof records));
    say("%u code %d sender %d", records[0].ssi_signo, records[0].ssi_code, (pid_t)records[0].ssi_pid == pid);
    waitpid(pid, &status, 0);

    pid = fork();
    if (pid == 0)
        _exit(0);
    waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
    ret(kill(pid, SIGKILL));
    ret(syscall(SYS_tkill, pid, SIGKILL));
    waitpid(pid, &status, 0);
    num(status);
    ret(kill(pid, 0));
    return 0;
}
