// title: A call that needs no kernel
// about: clock_gettime reads a page that the kernel shares (the vDSO), so it makes no trap; the raw system call does.
// arch: x86_64, aarch64

#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    struct timespec by_library, by_kernel;
    clock_gettime(CLOCK_MONOTONIC, &by_library);
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &by_kernel);

    int later = by_kernel.tv_sec > by_library.tv_sec ||
                (by_kernel.tv_sec == by_library.tv_sec && by_kernel.tv_nsec >= by_library.tv_nsec);
    printf("%s\n", later ? "both clocks agree" : "time ran backwards");
    return 0;
}
