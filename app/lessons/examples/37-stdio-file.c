// title: fopen, fgets, fclose
// about: What a few lines of stdio become: openat, a read as large as the buffer, and a close.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <stdio.h>

int main(void) {
    FILE *out = fopen("/tmp/poem", "w");
    if (!out)
        return 1;
    fprintf(out, "first line\n");
    fprintf(out, "second line\n");
    fclose(out);

    FILE *in = fopen("/tmp/poem", "r");
    char line[40];
    while (fgets(line, sizeof line, in))
        printf("> %s", line);
    fclose(in);
    return 0;
}
