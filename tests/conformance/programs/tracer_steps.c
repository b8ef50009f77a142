/* ptrace: single steps through calls and faults, skipped calls, changed results and signals, vfork and threads. */
#include "check.h"
#include <pthread.h>
#include <sys/ptrace.h>
#include <sys/user.h>

static volatile long seen;

static void on_info(int number, siginfo_t *info, void *context)
{
    seen = info->si_value.sival_int;
}

static void next(const char *what, pid_t pid)
{
    int status;
    pid_t got = waitpid(pid, &status, __WALL);
    if (got < 0)
        say("%s: %s", what, error_name(errno));
    else if (WIFSTOPPED(status))
        say("%s: stopped by %d, event %d", what, WSTOPSIG(status), status >> 16);
    else
        show_status(what, status);
}

static pid_t traced(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
    }
    return pid;
}

static void until_call(pid_t pid, unsigned long number, struct user_regs_struct *regs)
{
    int status;
    do {
        ptrace(PTRACE_SYSCALL, pid, 0, 0);
        waitpid(pid, &status, 0);
        ptrace(PTRACE_GETREGS, pid, 0, regs);
    } while (WIFSTOPPED(status) && regs->orig_rax != number);
}

static volatile pid_t tid;

static void *thread(void *data)
{
    tid = gettid();
    return data;
}

int main(void)
{
    struct user_regs_struct regs;
    struct user_fpregs_struct numbers;
    siginfo_t info;
    long message;
    int status;
    /* a call that is skipped, and one whose result is changed */
    pid_t pid = traced();
    if (pid == 0) {
        long one = syscall(SYS_getppid), two = syscall(SYS_getuid);
        _exit(one == -77 && two == 55 ? 4 : 5);
    }
    next("first", pid);
    until_call(pid, SYS_getppid, &regs);
    num(regs.rax);
    regs.orig_rax = -1;
    regs.rax = 1234;
    ret(ptrace(PTRACE_SETREGS, pid, 0, &regs));
    ptrace(PTRACE_SYSCALL, pid, 0, 0);
    next("skipped", pid);
    ret(ptrace(PTRACE_GETREGS, pid, 0, &regs));
    num(regs.rax);
    num(regs.orig_rax);
    errno = 0;
    ret(ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, rax), -77L));
    until_call(pid, SYS_getuid, &regs);
    ptrace(PTRACE_SYSCALL, pid, 0, 0);
    next("left", pid);
    ret(ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, rax), 55L));
    ret(ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, cs), 1L));
    ret(ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, fs_base), -1L));
    ret(ptrace(PTRACE_GETFPREGS, pid, 0, &numbers));
    num(numbers.cwd);
    num(numbers.mxcsr);
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    next("end", pid);
    /* steps: over a call, into a fault, with a signal */
    pid = traced();
    if (pid == 0) {
        __asm__ volatile("mov $102, %%eax; syscall; nop; mov (0), %%rax" ::: "rax", "rcx", "r11", "memory");
        _exit(0);
    }
    next("first", pid);
    until_call(pid, SYS_getuid, &regs);
    for (int i = 0; i < 5; i++) {
        long before = regs.rip;
        ret(ptrace(PTRACE_SINGLESTEP, pid, 0, 0));
        next("step", pid);
        ptrace(PTRACE_GETREGS, pid, 0, &regs);
        ptrace(PTRACE_GETSIGINFO, pid, 0, &info);
        say("%ld bytes on, signal %d", (long)regs.rip - before, info.si_signo);
        if (info.si_signo == SIGSEGV)
            break;
    }
    num(info.si_code);
    ret(ptrace(PTRACE_CONT, pid, 0, (long)SIGSEGV));
    next("end", pid);
    /* another siginfo */
    pid = traced();
    if (pid == 0) {
        struct sigaction action = {.sa_sigaction = on_info, .sa_flags = SA_SIGINFO};
        sigaction(SIGUSR1, &action, NULL);
        sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 5});
        _exit(seen);
    }
    next("first", pid);
    ptrace(PTRACE_CONT, pid, 0, 0);
    next("signal", pid);
    ret(ptrace(PTRACE_GETSIGINFO, pid, 0, &info));
    num(info.si_value.sival_int);
    info.si_value.sival_int = 66;
    ret(ptrace(PTRACE_SETSIGINFO, pid, 0, &info));
    ret(ptrace(PTRACE_CONT, pid, 0, (long)SIGUSR1));
    next("end", pid);
    /* vfork and threads */
    pid = traced();
    if (pid == 0) {
        pid_t child = vfork();
        if (child == 0)
            _exit(3);
        pthread_t id;
        pthread_create(&id, NULL, thread, NULL);
        pthread_join(id, NULL);
        /* Until its end has been told: else it may be ended by the exit of the process. */
        while (syscall(SYS_tgkill, getpid(), tid, 0) == 0)
            sched_yield();
        _exit(8);
    }
    next("first", pid);
    ret(ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEVFORK | PTRACE_O_TRACEVFORKDONE | PTRACE_O_TRACECLONE));
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    next("vfork", pid);
    ret(ptrace(PTRACE_GETEVENTMSG, pid, 0, &message));
    pid_t child = message;
    next("child", child);
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    ret(ptrace(PTRACE_CONT, child, 0, 0));
    next("child", child);
    next("vfork done", pid);
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) && WSTOPSIG(status) == SIGCHLD)
        ptrace(PTRACE_CONT, pid, 0, 0);
    say("stopped by %d, event %d", WSTOPSIG(status), status >> 16);
    ret(ptrace(PTRACE_GETEVENTMSG, pid, 0, &message));
    next("thread", message);
    ret(ptrace(PTRACE_CONT, message, 0, 0));
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    next("thread", message);
    next("end", pid);
    return 0;
}
