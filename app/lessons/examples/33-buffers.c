// title: Three kinds of buffering
// about: setvbuf says when stdio asks the kernel: at the end of a line, when the buffer is full, or for each call.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <stdio.h>

int main(void) {
    char room[64];

    // Full: two lines, one write.
    setvbuf(stdout, room, _IOFBF, 64);
    printf("line one\n");
    printf("line two\n");
    fflush(stdout);

    // More than fits: when the buffer is
    // full, it goes out early.
    for (int i = 0; i < 30; i++)
        printf("%d ", i);
    printf("\n");
    fflush(stdout);

    // None: each printf is a write.
    setvbuf(stdout, NULL, _IONBF, 0);
    printf("at ");
    printf("once\n");
    return 0;
}
