// title: Sleep
// about: The clock here is the kernel's own: while all sleep, it jumps. nanosleep takes half a second of it and none of yours.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <stdio.h>
#include <time.h>

static long milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 +
           now.tv_nsec / 1000000;
}

int main(void) {
    long before = milliseconds();
    struct timespec half = {
        .tv_nsec = 500000000,
    };
    nanosleep(&half, NULL);
    long slept = milliseconds() - before;

    printf("half a second or more: %s\n",
           slept >= 500 ? "yes" : "no");
    return 0;
}
