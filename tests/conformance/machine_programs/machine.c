/* The machine as a program sees it: auxiliary vector, calls of its own and those it does not have, the vDSO's clocks. */
#include "check.h"
#include <elf.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/utsname.h>

static int64_t asked(clockid_t clock)
{
    struct timespec now;
    syscall(SYS_clock_gettime, clock, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int64_t told(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(void)
{
    num(getauxval(AT_PAGESZ));
    num(getauxval(AT_CLKTCK));
    num(getauxval(AT_PHENT));
    yes(getauxval(AT_RANDOM) != 0);
    struct utsname name;
    uname(&name);
    str(name.machine);
    num(sizeof(struct stat));
    num(SYS_clone);
    ret(syscall(SYS_getpid + 100000));
    ret(syscall(-1));
    ret(syscall(1000));
    clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME, CLOCK_MONOTONIC_COARSE};
    for (int i = 0; i < 4; i++) {
        int64_t before = asked(clocks[i]), between = told(clocks[i]), after = asked(clocks[i]);
        yes(before <= between && between <= after);
        yes(told(clocks[i]) > 0);
    }
    struct timeval zone;
    gettimeofday(&zone, NULL);
    yes(zone.tv_sec == time(NULL) || zone.tv_sec + 1 == time(NULL));
    yes(zone.tv_usec < 1000000);
    int64_t end = told(CLOCK_MONOTONIC) + 20000;
    while (told(CLOCK_MONOTONIC) < end)
        ;
    say("busy waiting ends");
    struct timespec resolution;
    ret(clock_getres(CLOCK_MONOTONIC, &resolution));
    num(resolution.tv_nsec);
    ret(clock_gettime(77, &resolution));
    unsigned cpu = 9, node = 9;
    ret(syscall(SYS_getcpu, &cpu, &node, NULL));
    num(node);
#if defined __riscv
    ret(syscall(259, 0, 0, 0));
    ret(syscall(259, 0, 0, 1));
#endif
    return 0;
}
