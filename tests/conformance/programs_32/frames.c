/* Signal frames of 32-bit programs: with and without siginfo_t, with and without SA_RESTORER, floating point. */
#include "check.h"
#include <ucontext.h>

struct kernel_action {
    void *handler;
    unsigned long flags;
    void *restorer;
    unsigned mask[2];
};

struct old_action {
    void *handler;
    unsigned long mask;
    unsigned long flags;
    void *restorer;
};

static volatile int seen;
static volatile unsigned long changed;

#if defined __i386__
#define PC(c) (c)->uc_mcontext.gregs[REG_EIP]
#define SP(c) (c)->uc_mcontext.gregs[REG_ESP]
#define FIRST(c) (c)->uc_mcontext.gregs[REG_EBX]
#else
#define PC(c) (c)->uc_mcontext.arm_pc
#define SP(c) (c)->uc_mcontext.arm_sp
#define FIRST(c) (c)->uc_mcontext.arm_r4
#endif

static void clobber(void)
{
    volatile double a = 3.5, b = 2.25;
    a = a / b;
}

static void plain(int number)
{
    seen = number;
    clobber();
}

static void informed(int number, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    seen = number * 100 + info->si_signo;
    say("code %d, pid right: %d, value %d", info->si_code, info->si_pid == getpid(), info->si_value.sival_int);
    say("frame below the old stack pointer: %d", (unsigned long)uc < (unsigned long)SP(uc));
    say("aligned: %d", (unsigned long)info % 4 == 0);
    sigset_t mask = uc->uc_sigmask;
    say("blocked before: %d %d", sigismember(&mask, SIGUSR2), sigismember(&mask, SIGTERM));
    clobber();
}

static void install(int number, void *handler, unsigned long flags, void *restorer)
{
    struct kernel_action action = {handler, flags, restorer, {0, 0}};
    ret(syscall(SYS_rt_sigaction, number, &action, NULL, 8));
}

static double busy(void)
{
    double sum = 0;
    for (int i = 1; i < 40; i++) {
        sum += 1.0 / i;
        if (i % 10 == 0)
            raise(SIGUSR1);
    }
    return sum;
}

static void fault(int number, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    say("fault %d code %d at %d", number, info->si_code, (int)(long)info->si_addr);
#if defined __i386__
    say("trap %d error %d cr2 %lu", uc->uc_mcontext.gregs[REG_TRAPNO], uc->uc_mcontext.gregs[REG_ERR],
        uc->uc_mcontext.cr2);
    PC(uc) += 2;
#else
    say("trap %lu address %lu", uc->uc_mcontext.trap_no, uc->uc_mcontext.fault_address);
    PC(uc) += 4;
#endif
    changed++;
}

int main(void)
{
    sigset_t block;
    sigemptyset(&block);
    sigaddset(&block, SIGTERM);
    sigprocmask(SIG_BLOCK, &block, NULL);
    install(SIGUSR1, plain, 0, NULL);
    raise(SIGUSR1);
    num(seen);
    install(SIGUSR1, informed, SA_SIGINFO, NULL);
    raise(SIGUSR1);
    num(seen);
    struct sigaction usual = {.sa_sigaction = informed, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &usual, NULL);
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = -7});
    num(seen);
    signal(SIGUSR1, plain);
    say("%.12f", busy());
#if defined __arm__ && !defined __thumb__
    install(SIGUSR1, plain, 0, NULL);
    say("%.12f", busy());
#endif
    struct old_action old = {plain, 1ul << (SIGUSR2 - 1), SA_RESTART, NULL}, before;
    ret(syscall(SYS_sigaction, SIGUSR1, &old, NULL));
    ret(syscall(SYS_sigaction, SIGUSR1, NULL, &before));
    yes(before.handler == (void *)plain);
    num(before.mask);
    num(before.flags & ~0x04000000);
    raise(SIGUSR1);
    num(seen);
    unsigned long set = 1ul << (SIGUSR2 - 1), got = 0;
    ret(syscall(SYS_sigprocmask, SIG_BLOCK, &set, &got));
    num(got);
    raise(SIGUSR2);
    ret(syscall(SYS_sigpending, &got));
    num(got);
    signal(SIGUSR2, plain);
#if defined __arm__
    /* qemu-user takes the first argument for the set. */
    sigset_t none;
    sigemptyset(&none);
    ret(sigsuspend(&none));
#else
    ret(syscall(SYS_sigsuspend, 0, 0, 0));
#endif
    num(seen);
    ret(syscall(SYS_sigprocmask, SIG_SETMASK, NULL, &got));
    num(got);
    ret(syscall(SYS_sigaction, SIGKILL, &old, NULL));
    ret(syscall(SYS_sigaction, 0, &old, NULL));
    ret(syscall(SYS_sigaction, SIGUSR1, (void *)8, NULL));
    ret(syscall(SYS_sigprocmask, 77, &set, NULL));
#if defined __i386__
    struct sigaction faults = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &faults, NULL);
    sigaction(SIGFPE, &faults, NULL);
    asm volatile("movl %%eax, (%1)" : : "a"(0), "r"(16) : "memory");
    asm volatile("movl (%1), %%eax" : : "a"(0), "r"(20) : "memory");
    num(changed);
#endif
    stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536}, was;
    ret(sigaltstack(&stack, NULL));
    struct sigaction other = {.sa_handler = plain, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR1, &other, NULL);
    raise(SIGUSR1);
    num(seen);
    ret(sigaltstack(NULL, &was));
    num(was.ss_flags);
    yes(was.ss_sp == stack.ss_sp);
    return 0;
}
