// title: Catch SIGSEGV
// about: A store to nowhere faults. The handler learns the address, and leaves by siglongjmp: to return would be to try again.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>

static sigjmp_buf safe;
static void *volatile where;

static void on_fault(int signo,
                     siginfo_t *info,
                     void *context) {
    where = info->si_addr;
    siglongjmp(safe, signo);
}

int main(void) {
    struct sigaction action = {
        .sa_sigaction = on_fault,
        .sa_flags = SA_SIGINFO,
    };
    sigaction(SIGSEGV, &action, NULL);

    int signo = sigsetjmp(safe, 1);
    if (signo == 0) {
        int *volatile wild = (int *)0x1230;
        *wild = 7;
        puts("not reached");
    }
    printf("signal %d at %p, still here\n",
           signo, where);
    return 0;
}
