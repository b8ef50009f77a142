// title: A call that needs no kernel
// about: clock_gettime reads a page that the kernel shares (the vDSO), so it makes no trap; the raw system call does.
// arch: x86_64, aarch64

#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long ns(struct timespec t) {
    return t.tv_sec * 1000000000 +
           t.tv_nsec;
}

int main(void) {
    struct timespec user, kernel;

    // No trap: it stays in user mode.
    clock_gettime(CLOCK_MONOTONIC, &user);

    // The same question, by a trap.
    syscall(SYS_clock_gettime,
            CLOCK_MONOTONIC, &kernel);

    if (ns(user) <= ns(kernel))
        puts("both clocks agree");
    return 0;
}
