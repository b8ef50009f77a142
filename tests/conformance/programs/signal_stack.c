/* sigaltstack, contexts: which stack a handler runs on, what it may change, sigsetjmp and siglongjmp. */
#include "check.h"
#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>

static char *stack;
static sigjmp_buf jump;
static volatile int on_stack, flags_inside, count;

static void where(int number)
{
    char here;
    stack_t now;
    on_stack = &here >= stack && &here < stack + 65536;
    sigaltstack(NULL, &now);
    flags_inside = now.ss_flags;
    stack_t other = {.ss_sp = stack, .ss_size = 65536, .ss_flags = 0};
    if (on_stack)
        say("changing it while on it: %s", sigaltstack(&other, NULL) ? error_name(errno) : "allowed");
}

static void jumps(int number)
{
    siglongjmp(jump, number);
}

static void edits(int number, siginfo_t *info, void *context)
{
    ucontext_t *frame = context;
#ifndef PORTABLE
    frame->uc_mcontext.gregs[REG_RAX] = 1234;
#endif
    sigaddset(&frame->uc_sigmask, SIGHUP);
}

static void overflows(int number, siginfo_t *info, void *context)
{
    siglongjmp(jump, info->si_code == SEGV_MAPERR || info->si_code == SEGV_ACCERR ? 55 : 56);
}

static int __attribute__((noinline)) recurse(int depth)
{
    volatile char block[4096];
    block[0] = depth;
    return recurse(depth + 1) + block[0];
}

int main(void)
{
    stack_t old, set = {0};
    sigset_t mask;
    stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ret(sigaltstack(NULL, &old));
    num(old.ss_flags);
    set.ss_sp = stack;
    set.ss_size = 1000;
    ret(sigaltstack(&set, NULL));
    set.ss_size = 65536;
    set.ss_flags = 77;
    ret(sigaltstack(&set, NULL));
    set.ss_flags = 0;
    ret(sigaltstack(&set, NULL));
    ret(sigaltstack(NULL, &old));
    yes(old.ss_sp == stack && old.ss_size == 65536);
    num(old.ss_flags);
    struct sigaction action = {.sa_handler = where};
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    num(on_stack);
    num(flags_inside);
    action.sa_flags = SA_ONSTACK;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    num(on_stack);
    num(flags_inside);
    pid_t pid = fork();
    if (pid == 0) {
        raise(SIGUSR1);
        _exit(on_stack);
    }
    reap("kept by fork", pid);
    set.ss_flags = SS_DISABLE;
    ret(sigaltstack(&set, NULL));
    raise(SIGUSR1);
    num(on_stack);
    signal(SIGUSR2, jumps);
    if (sigsetjmp(jump, 1) == 0)
        raise(SIGUSR2);
    else
        say("jumped out of the handler");
    sigprocmask(0, NULL, &mask);
    num(sigismember(&mask, SIGUSR2));
    count = 0;
    if (sigsetjmp(jump, 0) == 0)
        raise(SIGUSR2);
    sigprocmask(0, NULL, &mask);
    num(sigismember(&mask, SIGUSR2));
    sigemptyset(&mask);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    struct sigaction editor = {.sa_sigaction = edits, .sa_flags = SA_SIGINFO};
    sigaction(SIGTERM, &editor, NULL);
#ifdef PORTABLE
    kill(getpid(), SIGTERM);
#else
    long result;
    /* kill(getpid(), SIGTERM), whose result the handler replaces. */
    __asm__ volatile("syscall" : "=a"(result) : "a"(SYS_kill), "D"((long)getpid()), "S"((long)SIGTERM) : "rcx", "r11", "memory");
    num(result);
#endif
    sigprocmask(0, NULL, &mask);
    num(sigismember(&mask, SIGHUP));
    set.ss_flags = 0;
    sigaltstack(&set, NULL);
    struct sigaction guard = {.sa_sigaction = overflows, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &guard, NULL);
    int code = sigsetjmp(jump, 1);
    if (code == 0)
        recurse(0);
    say("the stack overflowed: %d", code);
    set.ss_flags = SS_DISABLE;
    sigaltstack(&set, NULL);
    pid = fork();
    if (pid == 0) {
        recurse(0);
        _exit(0);
    }
    reap("overflow without another stack", pid);
    return 0;
}
