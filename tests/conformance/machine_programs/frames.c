/* Signal frames: the registers in them, what a handler changes there, floating point state, the frame record. */
#include "check.h"
#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>

#if defined __aarch64__
#define PC(context) ((context)->uc_mcontext.pc)
#define SP(context) ((context)->uc_mcontext.sp)
#define RESULT(context) ((context)->uc_mcontext.regs[0])
#elif defined __riscv
#define PC(context) ((context)->uc_mcontext.__gregs[0])
#define SP(context) ((context)->uc_mcontext.__gregs[2])
#define RESULT(context) ((context)->uc_mcontext.__gregs[10])
#endif

static sigjmp_buf jump;
static char *page;

/* raise the signal with known values in registers; gives what the register of the result is afterwards. */
static long with_known_registers(void);
extern char after_call[];

#if defined __aarch64__
__asm__("with_known_registers:\n"
        "  stp x29, x30, [sp, #-32]!\n  stp x19, x20, [sp, #16]\n"
        "  mov x8, #172\n  svc #0\n"                       /* getpid */
        "  mov x1, #10\n  mov x8, #129\n"                  /* kill(pid, SIGUSR1) */
        "  mov x2, #0x222\n  mov x19, #0x1919\n  mov x20, #0x2020\n  mov x17, #0x1717\n"
        "  fmov d7, #7.0\n  fmov d31, #31.0\n  msr fpsr, xzr\n"
        "  svc #0\n"
        "after_call:\n"
        "  fmov d0, d7\n  fcvtzs x3, d0\n  add x0, x0, x3\n  add x0, x0, x19\n"
        "  ldp x19, x20, [sp, #16]\n  ldp x29, x30, [sp], #32\n  ret\n");
#elif defined __riscv
__asm__("with_known_registers:\n"
        "  addi sp, sp, -32\n  sd ra, 0(sp)\n  sd s1, 8(sp)\n  sd s2, 16(sp)\n"
        "  li a7, 172\n  ecall\n"
        "  li a1, 10\n  li a7, 129\n  li a2, 0x222\n  li s1, 0x1919\n  li s2, 0x2020\n  li t5, 0x1717\n"
        "  li t0, 7\n  fcvt.d.l ft7, t0\n  li t0, 31\n  fcvt.d.l ft11, t0\n"
        "  ecall\n"
        "after_call:\n"
        "  fcvt.l.d t0, ft7, rtz\n  add a0, a0, t0\n  add a0, a0, s1\n"
        "  ld ra, 0(sp)\n  ld s1, 8(sp)\n  ld s2, 16(sp)\n  addi sp, sp, 32\n  ret\n");
#endif

static void looks(int number, siginfo_t *info, void *argument)
{
    ucontext_t *context = argument;
    num(number);
    yes((char *)PC(context) == after_call);
    num(RESULT(context));
    yes(((uintptr_t)info & 15) == 0);
    num((char *)context - (char *)info);
    num((char *)&context->uc_sigmask - (char *)context);
    num((char *)&context->uc_mcontext - (char *)context);
    num(context->uc_flags);
    yes(context->uc_link == NULL);
    yes((char *)SP(context) > (char *)context);
#if defined __aarch64__
    unsigned long *regs = (unsigned long *)context->uc_mcontext.regs;
    num(regs[1]);
    num(regs[2]);
    num(regs[8]);
    num(regs[17]);
    num(regs[19]);
    num(regs[20]);
    num(context->uc_mcontext.pstate & 0xfffffff);
    unsigned *record = (unsigned *)context->uc_mcontext.__reserved;
    num((char *)record - (char *)info);
    say("record %x of %u bytes", record[0], record[1]);
    double *vectors = (double *)(record + 4);
    num(vectors[2 * 7]);
    num(vectors[2 * 31]);
    vectors[2 * 7] = 1000;
    unsigned long *frame = __builtin_frame_address(0);
    yes(((unsigned long *)frame[0])[0] == regs[29]);
    yes(((unsigned long *)frame[0])[1] == regs[30]);
#elif defined __riscv
    unsigned long *regs = context->uc_mcontext.__gregs;
    num(regs[11]);
    num(regs[12]);
    num(regs[17]);
    num(regs[9]);
    num(regs[18]);
    num(regs[30]);
    double *vectors = (double *)&context->uc_mcontext.__fpregs;
    num((char *)vectors - (char *)info);
    num(vectors[7]);
    num(vectors[31]);
    vectors[7] = 1000;
#endif
    RESULT(context) += 5;
    sigaddset(&context->uc_sigmask, SIGHUP);
}

static void skips(int number, siginfo_t *info, void *argument)
{
    ucontext_t *context = argument;
    say("signal %d code %d, address: %s%s", number, number == SIGILL ? 0 : info->si_code,
        (uintptr_t)info->si_addr == PC(context) ? "instruction" : "",
        (char *)info->si_addr >= page && (char *)info->si_addr < page + 4096 ? "page" : "");
    PC(context) += 4;
}

static void leaves(int number, siginfo_t *info, void *argument)
{
    say("signal %d code %d, address: %lx", number, info->si_code, (long)info->si_addr - (long)page);
    siglongjmp(jump, 1);
}

#define try(what, action) \
    do { \
        say("%s:", what); \
        if (sigsetjmp(jump, 1) == 0) { \
            action; \
            say("done"); \
        } \
    } while (0)

#if defined __aarch64__
static void damaged(int number, siginfo_t *info, void *argument)
{
    ucontext_t *context = argument;
    *(unsigned *)context->uc_mcontext.__reserved = 0x12345678;
}
#endif

int main(void)
{
    struct sigaction action = {.sa_sigaction = looks, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, NULL);
    num(with_known_registers());
    sigset_t mask;
    sigprocmask(0, NULL, &mask);
    num(sigismember(&mask, SIGHUP));
    page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE};
    action.sa_sigaction = skips;
    for (int i = 0; i < 5; i++)
        sigaction(faults[i], &action, NULL);
    long value = 1;
#if defined __aarch64__
    __asm__ volatile("str %0, [%1]" ::"r"(value), "r"(page) : "memory");
    __asm__ volatile(".inst 0");
    __asm__ volatile("brk #7");
    __asm__ volatile("msr daifset, #2");
    __asm__ volatile("mrs x0, sctlr_el1" ::: "x0");
    __asm__ volatile(".inst 0xd4000003");
    value = 7;
    __asm__ volatile("udiv %0, %0, xzr" : "+r"(value));
    num(value);
    __asm__ volatile("mov x8, #172\n svc #1234\n cmp x0, #0\n cset %0, gt" : "=r"(value)::"x0", "x8", "memory");
    num(value);
#elif defined __riscv
    __asm__ volatile(".option push\n.option norvc\nsd %0, 0(%1)\n.option pop" ::"r"(value), "r"(page) : "memory");
    __asm__ volatile(".option push\n.option norvc\n.word 0xffffffff\n.option pop");
    __asm__ volatile(".option push\n.option norvc\nebreak\n.option pop");
    __asm__ volatile("csrr a0, sstatus" ::: "a0");
    __asm__ volatile("sret");
    value = 7;
    __asm__ volatile("div %0, %0, zero" : "+r"(value));
    num(value);
#endif
    action.sa_sigaction = leaves;
    for (int i = 0; i < 5; i++)
        sigaction(faults[i], &action, NULL);
    void (*jumping)(void) = (void (*)(void))page;
    try("jump to data", jumping());
#if defined __aarch64__
    pid_t pid = fork();
    if (pid == 0) {
        action.sa_sigaction = damaged;
        for (int i = 0; i < 5; i++)
            signal(faults[i], SIG_DFL);
        sigaction(SIGUSR1, &action, NULL);
        raise(SIGUSR1);
        _exit(0);
    }
    reap("a damaged frame", pid);
#endif
    return 0;
}
