/* prctl, arch_prctl, personality, sched_*, getcpu, membarrier, umask. */
#include "check.h"
#include <sched.h>
#include <sys/prctl.h>

int main(void)
{
    char name[20] = "";
    unsigned long base, value = 0;
    int number;
    ret(prctl(PR_SET_NAME, "a name that is too long"));
    ret(prctl(PR_GET_NAME, name));
    str(name);
    ret(prctl(PR_SET_NAME, 8));
    ret(prctl(PR_GET_DUMPABLE));
    ret(prctl(PR_SET_DUMPABLE, 0));
    ret(prctl(PR_GET_DUMPABLE));
    ret(prctl(PR_SET_DUMPABLE, 2));
    ret(prctl(PR_SET_DUMPABLE, 1));
    ret(prctl(PR_GET_KEEPCAPS));
    ret(prctl(PR_SET_KEEPCAPS, 2));
    ret(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    ret(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
    ret(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    ret(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    ret(prctl(PR_GET_TIMERSLACK));
    ret(prctl(PR_GET_SECCOMP));
    ret(prctl(PR_CAPBSET_READ, 0));
    ret(prctl(PR_CAPBSET_READ, 99));
    ret(prctl(PR_CAPBSET_DROP, 0));
    ret(prctl(99999));
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_GET_NAME, name);
        str(name);
        ret(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
        _exit(0);
    }
    reap("child", pid);
#ifndef PORTABLE
    ret(syscall(SYS_arch_prctl, 0x1003, &base));
    yes(base != 0);
    ret(syscall(SYS_arch_prctl, 0x1002, base));
    ret(syscall(SYS_arch_prctl, 0x1004, &value));
    num(value);
    ret(syscall(SYS_arch_prctl, 0x1001, 0x1234));
    ret(syscall(SYS_arch_prctl, 0x1004, &value));
    num(value);
    ret(syscall(SYS_arch_prctl, 0x1001, 1UL << 47));
    ret(syscall(SYS_arch_prctl, 0x1001, 0));
    ret(syscall(SYS_arch_prctl, 0x9999, 0));
#endif
    ret(syscall(SYS_personality, 0xffffffff));
    ret(sched_yield());
    ret(syscall(SYS_sched_getscheduler, 0));
    ret(syscall(SYS_sched_get_priority_max, SCHED_FIFO));
    ret(syscall(SYS_sched_get_priority_min, SCHED_FIFO));
    ret(syscall(SYS_sched_get_priority_max, SCHED_OTHER));
    ret(syscall(SYS_sched_get_priority_max, 77));
    number = 99;
    ret(syscall(SYS_sched_getparam, 0, &number));
    num(number);
    number = 10;
    ret(syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &number));
    number = 0;
    ret(syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &number));
    ret(syscall(SYS_sched_getscheduler, 0));
    ret(syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &number));
    ret(syscall(SYS_sched_setscheduler, 0, 77, &number));
    ret(syscall(SYS_sched_setscheduler, 1 << 22, SCHED_OTHER, &number));
    ret(syscall(SYS_sched_getscheduler, -1));
    unsigned long mask[16] = {0};
    ok(syscall(SYS_sched_getaffinity, 0, sizeof mask, mask));
    unsigned long first = mask[0] & -mask[0];
    ret(syscall(SYS_sched_getaffinity, 0, 3, mask));
    ret(syscall(SYS_sched_getaffinity, 1 << 22, sizeof mask, mask));
    mask[0] = first;
    ret(syscall(SYS_sched_setaffinity, 0, sizeof mask, mask));
    unsigned cpu = 99, node = 99;
    ret(syscall(SYS_getcpu, &cpu, &node, NULL));
    yes(1UL << cpu == first);
    num(node);
    mask[0] = 0;
    ret(syscall(SYS_sched_setaffinity, 0, sizeof mask, mask));
    struct timespec interval;
    ret(syscall(SYS_sched_rr_get_interval, -1, &interval));
    yes(syscall(SYS_membarrier, 0, 0, 0) > 0);
    ret(syscall(SYS_membarrier, 1, 0, 0));
    ret(syscall(SYS_membarrier, 1 << 20, 0, 0));
    ret(syscall(SYS_set_tid_address, &number) == getpid());
    return 0;
}
