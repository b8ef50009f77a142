// title: fork, exit and wait in C
// about: Both processes come back from the same call. Each prints from its own copy of the buffer.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    printf("about to fork\n");
    pid_t child = fork();
    if (child == 0) {
        printf("child\n");
        return 7;
    }
    int status;
    waitpid(child, &status, 0);
    printf("the child ended with %d\n",
           WEXITSTATUS(status));
    return 0;
}
