// title: A question and an answer
// about: socketpair makes two connected sockets. Unlike a pipe, each end can be read and written.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0,
                   ends) != 0)
        return 1;

    if (fork() == 0) {
        int n;
        read(ends[1], &n, sizeof n);
        n *= n;
        write(ends[1], &n, sizeof n);
        _exit(0);
    }
    int n = 12;
    write(ends[0], &n, sizeof n);
    read(ends[0], &n, sizeof n);
    printf("12 squared is %d\n", n);
    wait(NULL);
    return 0;
}
