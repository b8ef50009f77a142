// title: execve: the same process, another program
// about: execve throws the memory away and starts over; number and descriptors stay. Here the program becomes itself again.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc > 1) {
        printf("reborn as %s\n", argv[1]);
        return 5;
    }
    printf("before\n");
    if (fork() == 0) {
        char *again[] = {
            argv[0], "a child", NULL};
        execv("/proc/self/exe", again);
        // Only a failure comes back.
        perror("execv");
        _exit(1);
    }
    int status;
    wait(&status);
    printf("it ended with %d\n",
           WEXITSTATUS(status));
    return 0;
}
