// title: syscall(), for any number
// about: The C library has a function for most calls, and syscall() for the rest: getpid both ways, and a call that does not exist.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    pid_t by_library = getpid();
    long by_number = syscall(SYS_getpid);
    if (by_library == by_number)
        puts("the same process");

    long answer = syscall(9999);
    printf("9999: %ld, %s\n", answer,
           strerror(errno));
    return 0;
}
