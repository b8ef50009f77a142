// title: A question and an answer
// about: socketpair makes two connected sockets. Unlike a pipe, each end can be read and written.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return 1;

    if (fork() == 0) {
        int number;
        recv(ends[1], &number, sizeof number, 0);
        number *= number;
        send(ends[1], &number, sizeof number, 0);
        _exit(0);
    }
    int number = 12;
    send(ends[0], &number, sizeof number, 0);
    recv(ends[0], &number, sizeof number, 0);
    printf("12 squared is %d\n", number);
    wait(NULL);
    return 0;
}
