/* A tracer on an architecture that has register sets only. qemu-user has no ptrace, so the test knows the answers. */
#include "check.h"
#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#if defined __aarch64__
enum { NUMBER = 8, RESULT = 0, WORDS = 34 };
#else
enum { NUMBER = 17, RESULT = 10, WORDS = 32 };
#endif

int main(void)
{
    unsigned long words[WORDS], floats[66];
    struct iovec all = {words, sizeof words}, vectors = {floats, sizeof floats};
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        _exit(syscall(SYS_getppid) == 4321 ? 7 : 8);
    }
    waitpid(pid, &status, 0);
    show_status("child", status);
    ret(ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD));
    int calls = 0;
    do {
        ptrace(PTRACE_SYSCALL, pid, 0, 0);
        waitpid(pid, &status, 0);
        all.iov_len = sizeof words;
        ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all);
    } while (words[NUMBER] != SYS_getppid && ++calls < 20);
    yes(WSTOPSIG(status) == (SIGTRAP | 0x80));
    num(all.iov_len);
    ptrace(PTRACE_SYSCALL, pid, 0, 0);
    waitpid(pid, &status, 0);
    ret(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all));
    yes(words[RESULT] == getpid());
    words[RESULT] = 4321;
    ret(ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &all));
    ret(ptrace(PTRACE_GETREGSET, pid, NT_PRFPREG, &vectors));
    num(vectors.iov_len);
    ret(ptrace(PTRACE_SETREGSET, pid, NT_PRFPREG, &vectors));
    ret(syscall(SYS_ptrace, 12, pid, 0, words));
    ret(syscall(SYS_ptrace, PTRACE_PEEKUSER, pid, 0, words));
    ret(ptrace(PTRACE_GETREGSET, pid, 0x777, &all));
    ret(ptrace(PTRACE_CONT, pid, 0, 0));
    reap("child", pid);
    return 0;
}
