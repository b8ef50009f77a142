// title: How a shell makes a | b
// about: A pipe, two children, dup2 into place of the standard streams. No end may stay open, or the reader waits for ever.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    if (pipe(ends) != 0)
        return 1;

    if (fork() == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        write(1, "through the pipe", 16);
        _exit(0);
    }
    if (fork() == 0) {
        dup2(ends[0], 0);
        close(ends[0]);
        close(ends[1]);
        char text[64];
        int size = read(0, text, 64);
        printf("%.*s, backwards: ", size,
               text);
        while (size > 0)
            putchar(text[--size]);
        putchar('\n');
        return 0;
    }
    close(ends[0]);
    close(ends[1]);
    while (wait(NULL) > 0)
        continue;
    return 0;
}
