/* Fault signals: number, si_code and si_addr of each kind, and what the process dies of without a handler. */
#include "check.h"
#include <setjmp.h>
#include <sys/mman.h>

static sigjmp_buf jump;
static siginfo_t last;

static void handler(int number, siginfo_t *info, void *context)
{
    last = *info;
    siglongjmp(jump, number);
}

static void *expected;

#define try(what, address, action) \
    do { \
        expected = (void *)(address); \
        int number_ = sigsetjmp(jump, 1); \
        if (number_ == 0) { \
            action; \
            say("%s: nothing", what); \
        } else \
            say("%s: signal %d code %d address %s", what, number_, last.si_code, \
                last.si_addr == expected ? "right" : last.si_addr ? "another" : "0"); \
    } while (0)

static void child(const char *what, void (*action)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        for (int number = 1; number < 32; number++)
            signal(number, SIG_DFL);
        action();
        _exit(0);
    }
    reap(what, pid);
}

static volatile int zero, one = 1;
static char *page, *read_only, *none;

static void null_read(void) { *(volatile char *)0; }
#ifndef PORTABLE
static void divide(void) { one / zero; volatile int x = one / zero; }
#endif
static void illegal(void) { __builtin_trap(); }
static void blocked_fault(void)
{
    sigset_t set;
    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    *(volatile char *)8 = 1;
}
static void ignored_fault(void)
{
    signal(SIGSEGV, SIG_IGN);
    *(volatile char *)8 = 1;
}
#ifndef PORTABLE
static void breakpoint(void) { __asm__ volatile("int3"); }
static void privileged(void) { __asm__ volatile("hlt"); }
#endif

int main(void)
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
    for (int i = 0; i < 5; i++)
        sigaction(signals[i], &action, NULL);
    page = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    read_only = page + 4096;
    none = page + 2 * 4096;
    mprotect(read_only, 4096, PROT_READ);
    mprotect(none, 4096, PROT_NONE);
    try("read of null", 0, *(volatile char *)0);
    try("write to null", 16, *(volatile char *)16 = 1);
    try("write to read-only", read_only + 7, *(volatile char *)(read_only + 7) = 1);
    try("read of PROT_NONE", none + 9, *(volatile char *)(none + 9));
    try("write to PROT_NONE", none + 9, *(volatile char *)(none + 9) = 1);
    try("across pages", read_only, *(volatile long *)(read_only - 4) = 1);
    try("write to code", (char *)&null_read, *(volatile char *)&null_read = 1);
#ifndef PORTABLE
    try("kernel address", 0, *(volatile char *)0xffff800000000000 = 1);
    try("not canonical", 0, *(volatile char *)0x8000000000000000 = 1);
#endif
    try("jump to data", page, ((void (*)(void))page)());
    try("jump to null", 0, ((void (*)(void))0)());
    try("jump to unmapped", 0x1000, ((void (*)(void))0x1000)());
#ifndef PORTABLE
    try("hlt", 0, __asm__ volatile("hlt"));
    try("in", 0, __asm__ volatile("inb $0x80, %%al" ::: "rax"));
    try("cli", 0, __asm__ volatile("cli"));
    try("int3", 0, __asm__ volatile("int3"));
    try("int 0x42", 0, __asm__ volatile("int $0x42"));
    int number = sigsetjmp(jump, 1);
    if (number == 0)
        __asm__ volatile("ud2");
    yes(number == SIGILL && last.si_code == ILL_ILLOPN && last.si_addr != NULL);
    number = sigsetjmp(jump, 1);
    if (number == 0) {
        volatile int x = one / zero;
    }
    yes(number == SIGFPE && last.si_code == FPE_INTDIV && last.si_addr != NULL);
    number = sigsetjmp(jump, 1);
    if (number == 0) {
        volatile int low = INT32_MIN, minus = -1;
        volatile int x = low / minus;
    }
    yes(number == SIGFPE && last.si_code == FPE_INTDIV);
#endif
    put_file("f", "short");
    int fd = open("f", O_RDWR);
    char *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    try("inside the file", 0, *(volatile char *)map);
    try("rest of its last page", 0, *(volatile char *)(map + 4095));
    try("past its end", map + 4096, *(volatile char *)(map + 4096));
    ftruncate(fd, 5000);
    try("after it grew", 0, *(volatile char *)(map + 4096));
    ftruncate(fd, 0);
    try("after it shrank", map, *(volatile char *)map);
    child("null, default action", null_read);
#ifndef PORTABLE
    child("division", divide);
    child("int3", breakpoint);
    child("hlt", privileged);
#endif
    child("illegal instruction", illegal);
    child("fault while blocked", blocked_fault);
    child("fault while ignored", ignored_fault);
    return 0;
}
