/* Signal frames: their layout, what a handler starts with, what sigreturn restores, what faults leave in them. */
#include "check.h"
#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <xmmintrin.h>

static char alternate[65536] __attribute__((aligned(64)));
static pid_t me;

static void look(int number, siginfo_t *info, void *context)
{
    ucontext_t *frame = context;
    greg_t *registers = frame->uc_mcontext.gregs;
    char *state = (char *)frame->uc_mcontext.fpregs;
    unsigned short control;
    __asm__("fnstcw %0" : "=m"(control));
    say("signal %d info %d code %d sender %d", number, info->si_signo, info->si_code, info->si_pid == me);
    say("flags %lx link %d cs %llx error %llx trap %llx old mask %llx", frame->uc_flags, frame->uc_link == NULL,
        registers[REG_CSGSFS], registers[REG_ERR], registers[REG_TRAPNO], registers[REG_OLDMASK]);
    say("stack: flags %x size %zu mask %lx", frame->uc_stack.ss_flags, frame->uc_stack.ss_size,
        *(unsigned long *)&frame->uc_sigmask);
    say("aligned %d %d, siginfo after context %ld, state above %d, red zone %d", (long)state % 64 == 0,
        (long)context % 16 == 0, (long)info - (long)context, state > (char *)info,
        frame->uc_stack.ss_size != 0 || state + 512 <= (char *)registers[REG_RSP] - 128);
    say("here mxcsr %x control %x, frame mxcsr %x control %x magic %x", _mm_getcsr(), control,
        frame->uc_mcontext.fpregs->mxcsr, frame->uc_mcontext.fpregs->cwd, *(unsigned *)(state + 464));
    say("on alternate stack %d", (char *)&control >= alternate && (char *)&control < alternate + sizeof alternate);
}

static void skip(int number, siginfo_t *info, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    say("signal %d code %d error %llx trap %llx, address: %s%s%s", number, info->si_code, registers[REG_ERR],
        registers[REG_TRAPNO], info->si_addr == NULL ? "null " : "",
        (greg_t)info->si_addr == registers[REG_RIP] ? "instruction " : "",
        (greg_t)info->si_addr == registers[REG_CR2] ? "cr2" : "");
    registers[REG_RIP] = registers[REG_RBX];
}

static void install(int number, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
    sigaction(number, &action, NULL);
}

static void count_down(int number, siginfo_t *info, void *context)
{
    static int left = 3;
    say("nested %d", left);
    if (--left)
        raise(number);
    say("back %d", left);
}

static int ending(void (*run)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        run();
        _exit(99);
    }
    waitpid(pid, &status, 0);
    return status;
}

static void without_restorer(void)
{
    long action[4] = {(long)look, 0, 0, 0};
    syscall(SYS_rt_sigaction, SIGUSR1, action, 0, 8);
    raise(SIGUSR1);
}

static void without_frame(void)
{
    __asm__ volatile("mov $0x100000, %rsp; mov $15, %eax; syscall");
}

static void without_stack(void)
{
    install(SIGUSR1, look, 0);
    __asm__ volatile("mov %0, %%edi; mov %1, %%esi; mov $62, %%eax; mov $0x100000, %%rsp; syscall"
                     : : "r"(getpid()), "i"(SIGUSR1) : "rdi", "rsi", "rax");
}

static void bad_state(int number, siginfo_t *info, void *context)
{
    ((ucontext_t *)context)->uc_mcontext.fpregs->mxcsr = 0xFFFF0000;
}

static void bad_code_segment(int number, siginfo_t *info, void *context)
{
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_CSGSFS] = 0x7770;
}

static void with_bad_state(void)
{
    install(SIGUSR1, bad_state, 0);
    raise(SIGUSR1);
}

static void with_bad_code_segment(void)
{
    install(SIGUSR1, bad_code_segment, 0);
    raise(SIGUSR1);
}

#define FAULT(code) \
    __asm__ volatile("lea 1f(%%rip), %%rbx; " code "; 1:" : : : "rbx", "rax", "rcx", "rdx", "memory", "cc")

int main(void)
{
    me = getpid();
    stack_t set = {.ss_sp = alternate, .ss_size = sizeof alternate}, old;
    install(SIGUSR1, look, 0);
    raise(SIGUSR1);
    kill(me, SIGUSR1);
    sigaltstack(&set, NULL);
    install(SIGUSR2, look, SA_ONSTACK);
    raise(SIGUSR2);
    set.ss_flags = 1u << 31;
    sigaltstack(&set, NULL);
    raise(SIGUSR2);
    sigaltstack(NULL, &old);
    say("autodisarm: %x %zu", old.ss_flags, old.ss_size);

    unsigned short control = 0x27F;
    _mm_setcsr(0x7FA0);
    __asm__ volatile("fldcw %0" : : "m"(control));
    raise(SIGUSR1);
    __asm__ volatile("fnstcw %0" : "=m"(control));
    say("restored mxcsr %x control %x", _mm_getcsr(), control);
    __m128 vector = _mm_set_ps(1, 2, 3, 4);
    double sum;
    long flags;
    __asm__ volatile("movaps %1, %%xmm9; fldpi; fld1; std; mov %3, %%edi; mov $10, %%esi; mov $200, %%eax; syscall;"
                     "pushf; popq %2; cld; faddp; fstpl %0; movaps %%xmm9, %1"
                     : "=m"(sum), "+m"(vector), "=r"(flags) : "r"(me)
                     : "rax", "rdi", "rsi", "rcx", "r11", "xmm9", "memory", "cc");
    float parts[4];
    _mm_storeu_ps(parts, vector);
    say("x87 %f xmm %f %f %f %f direction %ld", sum, parts[0], parts[1], parts[2], parts[3], flags >> 10 & 1);

    for (int i = 0; i < 5; i++)
        install((int[]){SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGBUS}[i], skip, 0);
    FAULT("mov %%rax, 0x10");
    FAULT("mov 0x123456, %%rax");
    FAULT("xor %%ecx, %%ecx; mov %%rcx, %%rax; cqo; idiv %%rcx");
    FAULT("hlt");
    FAULT("xor %%ecx, %%ecx; mov %%rcx, %%rax; cqo; idiv %%rcx");
    FAULT("ud2");
    FAULT("int3");
    FAULT("mov $0xffff800000000000, %%rax; mov (%%rax), %%rax");
    FAULT("mov $0x8000000000000000, %%rax; mov (%%rax), %%rax");
    FAULT("mov main(%%rip), %%rax; mov %%rax, main(%%rip)");
    FAULT("mov $0x1000, %%eax; jmp *%%rax");
    FAULT("lea me(%%rip), %%rax; jmp *%%rax");
    install(SIGUSR1, count_down, SA_NODEFER);
    raise(SIGUSR1);

    for (int i = 0; i < 5; i++)
        signal((int[]){SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGBUS}[i], SIG_DFL);
    num(ending(without_restorer));
    num(ending(without_frame));
    num(ending(without_stack));
    num(ending(with_bad_state));
    num(ending(with_bad_code_segment));
    return 0;
}
