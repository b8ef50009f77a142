// title: malloc: brk for little, mmap for much
// about: A small block comes from the heap, whose end moves by brk. A large one is a mapping of its own, which free gives back.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    char *small = malloc(100);
    char *large = malloc(1 << 20);
    if (!small || !large)
        return 1;

    // The first store to a page is what
    // makes it real.
    strcpy(small, "small");
    memset(large, 'x', 5000);

    printf("%s and %c\n", small,
           large[4999]);

    free(large);
    free(small);
    return 0;
}
