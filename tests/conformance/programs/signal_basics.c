/* Dispositions, masks, pending signals, sigsuspend, nesting, SA_NODEFER, SA_RESETHAND, errno kept. */
#include "check.h"

static volatile int count, depth, deepest, order[16], orders;

static void note(int number)
{
    order[orders++ % 16] = number;
    count++;
}

static void again(int number)
{
    depth++;
    if (depth > deepest)
        deepest = depth;
    if (++count < 3)
        raise(number);
    depth--;
}

static void raises_other(int number)
{
    order[orders++] = number;
    if (number == SIGUSR1)
        raise(SIGUSR2);
    order[orders++] = -number;
}

static void install(int number, void (*handler)(int), int flags, int mask)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    if (mask)
        sigaddset(&action.sa_mask, mask);
    ret(sigaction(number, &action, NULL));
}

static void show_order(const char *what)
{
    char text[128] = "";
    for (int i = 0; i < orders; i++)
        sprintf(text + strlen(text), " %d", order[i]);
    say("%s:%s", what, text);
    orders = 0;
}

int main(void)
{
    sigset_t set, old;
    struct sigaction action;
    install(SIGUSR1, note, 0, 0);
    ret(raise(SIGUSR1));
    num(count);
    ret(sigaction(SIGUSR1, NULL, &action));
    yes(action.sa_handler == note);
    num(action.sa_flags & ~0x04000000);
    ret(sigaction(SIGKILL, &action, NULL));
    ret(sigaction(SIGSTOP, &action, NULL));
    ret(sigaction(0, &action, NULL));
    ret(sigaction(65, &action, NULL));
    ret(syscall(SYS_rt_sigaction, SIGUSR1, 0, 0, 4));
    ret(syscall(SYS_rt_sigaction, SIGUSR1, 8, 0, 8));
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    ret(sigprocmask(SIG_BLOCK, &set, &old));
    num(sigismember(&old, SIGUSR1));
    raise(SIGUSR1);
    raise(SIGUSR1);
    num(count);
    ret(sigpending(&old));
    num(sigismember(&old, SIGUSR1));
    ret(sigprocmask(SIG_UNBLOCK, &set, NULL));
    num(count);
    sigpending(&old);
    num(sigismember(&old, SIGUSR1));
    ret(sigprocmask(99, &set, NULL));
    ret(sigprocmask(99, NULL, &old));
    sigfillset(&set);
    ret(sigprocmask(SIG_SETMASK, &set, NULL));
    sigprocmask(0, NULL, &old);
    num(sigismember(&old, SIGKILL));
    num(sigismember(&old, SIGSTOP));
    num(sigismember(&old, SIGTERM));
    sigemptyset(&set);
    ret(sigprocmask(SIG_SETMASK, &set, NULL));
    orders = 0;
    install(SIGUSR2, note, 0, 0);
    install(SIGHUP, note, 0, 0);
    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, &old);
    raise(SIGUSR2);
    raise(SIGUSR1);
    raise(SIGHUP);
    sigprocmask(SIG_SETMASK, &old, NULL);
    show_order("several at once, the last delivered runs first");
    install(SIGUSR1, raises_other, 0, 0);
    install(SIGUSR2, raises_other, 0, 0);
    raise(SIGUSR1);
    show_order("nested");
    install(SIGUSR1, raises_other, 0, SIGUSR2);
    raise(SIGUSR1);
    show_order("held back by sa_mask");
    install(SIGUSR1, again, 0, 0);
    count = 0;
    raise(SIGUSR1);
    num(deepest);
    num(count);
    install(SIGUSR1, again, SA_NODEFER, 0);
    count = deepest = 0;
    raise(SIGUSR1);
    num(deepest);
    num(count);
    install(SIGUSR1, note, SA_RESETHAND, 0);
    raise(SIGUSR1);
    sigaction(SIGUSR1, NULL, &action);
    yes(action.sa_handler == SIG_DFL);
    signal(SIGUSR1, SIG_IGN);
    ret(raise(SIGUSR1));
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    sigpending(&old);
    num(sigismember(&old, SIGUSR1));
    signal(SIGUSR1, SIG_DFL);
    raise(SIGUSR1);
    sigpending(&old);
    num(sigismember(&old, SIGUSR1));
    signal(SIGUSR1, SIG_IGN);
    sigpending(&old);
    num(sigismember(&old, SIGUSR1));
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    /* sigsuspend lets one in and puts the mask back. */
    install(SIGUSR1, note, 0, 0);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    sigemptyset(&set);
    count = 0;
    ret(sigsuspend(&set));
    num(count);
    sigprocmask(0, NULL, &old);
    num(sigismember(&old, SIGUSR1));
    ret(syscall(SYS_rt_sigsuspend, 8, 8));
    ret(syscall(SYS_rt_sigsuspend, &set, 4));
    sigprocmask(SIG_SETMASK, &set, NULL);
    count = 0;
    pid_t pid = fork();
    if (pid == 0) {
        kill(getppid(), SIGUSR1);
        _exit(0);
    }
    while (!count)
        usleep(100);
    reap("child", pid);
    pid = fork();
    if (pid == 0) {
        signal(SIGABRT, SIG_IGN);
        abort();
    }
    reap("abort", pid);
    return 0;
}
