/* ptrace: a tiny tracer that sees its child's system calls, registers, memory and signals. */
#include "check.h"
#include <sys/ptrace.h>
#include <sys/user.h>

static volatile long watched = 5;

int main(void)
{
    int status;
    struct user_regs_struct regs;
    ret(ptrace(PTRACE_PEEKDATA, 1 << 22, 0, 0));
    ret(ptrace(PTRACE_ATTACH, getpid(), 0, 0));
    pid_t pid = fork();
    if (pid == 0) {
        ret(ptrace(PTRACE_TRACEME, 0, 0, 0));
        pid_t self = getpid();
        syscall(SYS_kill, self, SIGSTOP);
        watched = 6;
        syscall(SYS_getppid);
        syscall(SYS_write, 1, "traced\n", 7L);
        syscall(SYS_kill, self, SIGUSR1);
        _exit(watched == 42 ? 17 : 18);
    }
    yes(waitpid(pid, &status, 0) == pid);
    show_status("first", status);
    errno = 0;
    ret(ptrace(PTRACE_PEEKDATA, pid, (void *)&watched, 0));
    errno = 0;
    ret(ptrace(PTRACE_PEEKDATA, pid, (void *)8, 0));
    ret(ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD));
    int calls = 0;
    long numbers[16];
    ptrace(PTRACE_SYSCALL, pid, 0, 0);
    while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) && WSTOPSIG(status) == (SIGTRAP | 0x80)) {
        ret(ptrace(PTRACE_GETREGS, pid, 0, &regs));
        num(regs.orig_rax);
        say("rax %lld", regs.orig_rax == SYS_getppid && (long)regs.rax > 0 ? 1LL : (long long)regs.rax);
        numbers[calls++ % 16] = regs.orig_rax;
        if (regs.orig_rax == SYS_write && regs.rax == (unsigned long)-ENOSYS) {
            num(regs.rdi);
            num(regs.rdx);
            long word = ptrace(PTRACE_PEEKDATA, pid, (void *)regs.rsi, 0);
            mem(&word, 7);
            ret(ptrace(PTRACE_POKEDATA, pid, (void *)&watched, 42L));
        }
        if (calls == 4)
            break;
        ptrace(PTRACE_SYSCALL, pid, 0, 0);
    }
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    waitpid(pid, &status, 0);
    show_status("signal", status);
    siginfo_t info;
    ret(ptrace(PTRACE_GETSIGINFO, pid, 0, &info));
    num(info.si_signo);
    num(info.si_code);
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    waitpid(pid, &status, 0);
    show_status("end", status);
    pid = fork();
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        for (;;)
            pause();
    }
    waitpid(pid, &status, 0);
    ret(ptrace(PTRACE_DETACH, pid, 0, 99));
    ret(ptrace(PTRACE_DETACH, pid, 0, SIGTERM));
    reap("detached with a signal", pid);
    pid = fork();
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        __asm__ volatile("nop; nop");
        _exit(0);
    }
    waitpid(pid, &status, 0);
    int steps = 0;
    for (; steps < 5; steps++) {
        ptrace(PTRACE_SINGLESTEP, pid, 0, 0);
        waitpid(pid, &status, 0);
        if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP)
            break;
    }
    num(steps);
    ret(ptrace(PTRACE_KILL, pid, 0, 0));
    reap("killed", pid);
    return 0;
}
