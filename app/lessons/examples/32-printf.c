// title: Three printf, one write
// about: printf fills a buffer in user mode. Only when the line is complete does the C library ask the kernel.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <stdio.h>

int main(void) {
    printf("one ");
    printf("two ");
    printf("%d\n", 3);
    // Nothing is left in the buffer now.
    return 0;
}
