// title: Hello from C, without a library
// about: Nothing between your function and the trap: write is three lines of assembly in syscall.h.
// arch: x86_64, aarch64, riscv64, arm, i386

#include "syscall.h"

int main(void) {
    // write(fd, buffer, count)
    write(1, "hi\n", 3);
    return 0;
}
