/* ptrace: attaching, seizing, events of fork, exec and exit, group stops, and what a tracer may change. */
#include "check.h"
#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

static volatile long word = 5;
static const long constant = 7;

static void next(const char *what, pid_t pid)
{
    int status;
    if (waitpid(pid, &status, __WALL) != pid)
        say("%s: %s", what, error_name(errno));
    else if (WIFSTOPPED(status))
        say("%s: stopped by %d, event %d", what, WSTOPSIG(status), status >> 16);
    else
        show_status(what, status);
}

static void on_signal(int number)
{
    word += number;
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

int main(void)
{
    int status;
    long message;
    siginfo_t info;
    struct user_regs_struct regs;
    /* attach, peek, change, detach */
    pid_t pid = fork();
    if (pid == 0) {
        while (word == 5)
            usleep(1000);
        _exit(word + constant);
    }
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    ret(ptrace(PTRACE_ATTACH, pid, 0, 0));
    ret(ptrace(PTRACE_ATTACH, pid, 0, 0));
    next("attached", pid);
    ret(ptrace(PTRACE_GETSIGINFO, pid, 0, &info));
    num(info.si_signo);
    ret(ptrace(PTRACE_POKEDATA, pid, (void *)&word, 6L));
    ret(ptrace(PTRACE_POKEDATA, pid, (void *)&constant, 30L));
    ret(ptrace(PTRACE_POKEDATA, pid, 8L, 30L));
    num(ptrace(PTRACE_PEEKTEXT, pid, (void *)&constant, 0));
    num(constant);
    ret(ptrace(PTRACE_CONT, pid, 0, 65L));
    ret(ptrace(PTRACE_SETOPTIONS, pid, 0, 0x400L));
    errno = 0;
    ret(ptrace(PTRACE_PEEKUSER, pid, 4L, 0));
    ret(ptrace(PTRACE_PEEKUSER, pid, 928L, 0));
    ret(ptrace(PTRACE_POKEUSER, pid, 928L, 0));
    ret(ptrace(PTRACE_INTERRUPT, pid, 0, 0));
    ret(ptrace(0x4fff, pid, 0, 0));
    ret(ptrace(PTRACE_GETREGS, pid, 0, 8L));
    ret(ptrace(PTRACE_DETACH, pid, 0, 0));
    ret(ptrace(PTRACE_DETACH, pid, 0, 0));
    reap("detached", pid);
    /* registers in sets */
    pid = traced();
    if (pid == 0)
        _exit(1);
    next("first", pid);
    ret(ptrace(PTRACE_GETREGS, pid, 0, &regs));
    struct user_regs_struct set;
    struct iovec vector = {&set, sizeof set};
    ret(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &vector));
    num(vector.iov_len);
    yes(memcmp(&set, &regs, sizeof set) == 0);
    vector.iov_len = 7;
    ret(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &vector));
    vector.iov_len = sizeof set;
    ret(ptrace(PTRACE_GETREGSET, pid, 0x7777, &vector));
    num(regs.cs);
    num(regs.ss);
    num(regs.ds);
    /* the tracer makes the call another one, and changes its result */
    ret(ptrace(PTRACE_SYSCALL, pid, 0, 0));
    while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
        ptrace(PTRACE_GETREGS, pid, 0, &regs);
        if (regs.orig_rax == SYS_exit_group)
            break;
        ptrace(PTRACE_SYSCALL, pid, 0, 0);
    }
    num(WSTOPSIG(status));
    num(regs.rdi);
    regs.rdi = 44;
    ret(ptrace(PTRACE_SETREGS, pid, 0, &regs));
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    next("exit with another status", pid);
    /* events */
    pid = traced();
    if (pid == 0) {
        pid_t child = fork();
        if (child == 0)
            _exit(3);
        waitpid(child, NULL, 0);
        execl("/proc/self/exe", "self", "again", NULL);
        _exit(9);
    }
    next("first", pid);
    ret(ptrace(PTRACE_SETOPTIONS, pid, 0,
               PTRACE_O_TRACEFORK | PTRACE_O_TRACEEXIT | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL));
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    next("fork", pid);
    ret(ptrace(PTRACE_GETEVENTMSG, pid, 0, &message));
    ret(ptrace(PTRACE_GETSIGINFO, pid, 0, &info));
    num(info.si_code);
    pid_t child = message;
    next("the child", child);
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    ret(ptrace(PTRACE_CONT, child, 0, 0));
    next("the child", child);
    ret(ptrace(PTRACE_GETEVENTMSG, child, 0, &message));
    num(message);
    ret(ptrace(PTRACE_CONT, child, 0, 0));
    next("the child", child);
    next("its SIGCHLD", pid);
    ret(ptrace(PTRACE_KILL, pid, 0, 0));
    next("killed", pid);
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    next("killed", pid);
    /* exec without the option, signals replaced and ignored ones seen */
    pid = traced();
    if (pid == 0) {
        signal(SIGUSR1, SIG_IGN);
        signal(SIGUSR2, on_signal);
        raise(SIGUSR1);
        raise(SIGTERM);
        num(word);
        execl("/nowhere", "nowhere", NULL);
        raise(SIGTSTP);
        _exit(word);
    }
    next("first", pid);
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    next("ignored", pid);
    ret(ptrace(PTRACE_CONT, pid, 0, (long)SIGUSR1));
    next("deadly", pid);
    ret(ptrace(PTRACE_CONT, pid, 0, (long)SIGUSR2));
    next("stopping", pid);
    ret(ptrace(PTRACE_CONT, pid, 0, (long)SIGTSTP));
    next("group stop", pid);
    ret(ptrace(PTRACE_GETSIGINFO, pid, 0, &info));
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    next("end", pid);
    /* seize and interrupt */
    pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    ret(ptrace(PTRACE_SEIZE, pid, 8L, 0));
    ret(ptrace(PTRACE_SEIZE, pid, 0, 0x400L));
    ret(ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXIT));
    ret(ptrace(PTRACE_INTERRUPT, pid, 0, 0));
    next("interrupted", pid);
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    kill(pid, SIGSTOP);
    next("signal", pid);
    ret(ptrace(PTRACE_CONT, pid, 0, (long)SIGSTOP));
    next("group stop", pid);
    kill(pid, SIGKILL);
    next("exit", pid);
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    next("exit", pid);
    /* the parent learns of the end after the tracer */
    int fds[2], back[2];
    pipe(fds);
    pipe(back);
    pid = fork();
    if (pid == 0) {
        for (;;)
            pause();
    }
    pid_t tracer = fork();
    if (tracer == 0) {
        ptrace(PTRACE_ATTACH, pid, 0, 0);
        next("another's child", pid);
        ptrace(PTRACE_CONT, pid, 0, (long)SIGTERM);
        next("end told to the tracer", pid);
        next("once more", pid);
        _exit(0);
    }
    reap("tracer", tracer);
    reap("end told to the parent", pid);
    /* a tracer that ends lets go */
    pid = fork();
    if (pid == 0) {
        char byte;
        read(fds[0], &byte, 1);
        _exit(12);
    }
    tracer = fork();
    if (tracer == 0) {
        ptrace(PTRACE_ATTACH, pid, 0, 0);
        next("attached", pid);
        _exit(0);
    }
    reap("tracer", tracer);
    write(fds[1], "x", 1);
    reap("let go", pid);
    return 0;
}
