/* pipe(7): capacity, partial and atomic writes, end of file, EPIPE and SIGPIPE, FIONREAD, packets. */
#include "check.h"
#include <sys/ioctl.h>

static int pipe_signals;

static void on_pipe(int number)
{
    (void)number;
    pipe_signals++;
}

static int fill(int fd, int size)
{
    static char block[70000];
    int total = 0;
    for (int got; (got = write(fd, block, size)) > 0;)
        total += got;
    return total;
}

int main(void)
{
    static char block[70000];
    int p[2], waiting;
    ret(pipe(p));
    ret(fcntl(p[0], F_GETFL));
    ret(fcntl(p[1], F_GETFL));
    ret(fcntl(p[1], F_GETPIPE_SZ));
    ret(read(p[1], block, 1));
    ret(write(p[0], block, 1));
    ret(write(p[1], "hello", 5));
    ret(ioctl(p[0], FIONREAD, &waiting));
    num(waiting);
    ret(read(p[0], block, 3));
    ret(read(p[0], block, 30));
    fcntl(p[0], F_SETFL, O_NONBLOCK);
    fcntl(p[1], F_SETFL, O_NONBLOCK);
    ret(read(p[0], block, 1));
    ret(read(p[0], block, 0));
    num(fill(p[1], 4096));
    ret(write(p[1], block, 1));
    ret(read(p[0], block, 100));
    /* One byte of room is not a page of room. */
    ret(write(p[1], block, 1));
    ret(read(p[0], block, 3996));
    ret(write(p[1], block, 4096));
    ret(read(p[0], block, 65536));
    ret(write(p[1], block, 70000));
    ret(read(p[0], block, 1000));
    ret(write(p[1], block, 5000));
    ret(ioctl(p[0], FIONREAD, &waiting));
    num(waiting);
    ret(fcntl(p[1], F_SETPIPE_SZ, 4096));
    while (read(p[0], block, sizeof block) > 0)
        ;
    ret(fcntl(p[1], F_SETPIPE_SZ, 5000));
    num(fill(p[1], 1000));
    ret(fcntl(p[1], F_SETPIPE_SZ, 0));
    ret(fcntl(p[1], F_SETPIPE_SZ, 16 << 20));
    close(p[1]);
    ret(read(p[0], block, sizeof block));
    ret(read(p[0], block, 1));
    close(p[0]);
    signal(SIGPIPE, on_pipe);
    pipe(p);
    close(p[0]);
    ret(write(p[1], "x", 1));
    num(pipe_signals);
    ret(write(p[1], "", 0));
    num(pipe_signals);
    signal(SIGPIPE, SIG_IGN);
    ret(write(p[1], "x", 1));
    signal(SIGPIPE, SIG_DFL);
    pid_t child = fork();
    if (child == 0) {
        write(p[1], "x", 1);
        _exit(0);
    }
    reap("writer to nobody", child);
    ret(pipe2(p, O_CLOEXEC | O_NONBLOCK));
    ret(fcntl(p[0], F_GETFD));
    ret(fcntl(p[0], F_GETFL));
    ret(pipe2(p, O_APPEND));
    ret(pipe((int *)8));
    ret(pipe2(p, O_DIRECT));
    ret(write(p[1], "first", 5));
    ret(write(p[1], "second", 6));
    ret(read(p[0], block, 3));
    ret(read(p[0], block, 100));
    mem(block, 6);
    /* A reader that sleeps gets what is written, and end of file when the last writer goes. */
    int q[2];
    pipe(q);
    child = fork();
    if (child == 0) {
        close(q[1]);
        int total = 0;
        for (int got; (got = read(q[0], block, 1000)) > 0;)
            total += got;
        say("the child read %d bytes", total);
        _exit(0);
    }
    close(q[0]);
    int written = 0;
    for (int i = 0; i < 3; i++)
        written += write(q[1], block, 70000);
    num(written);
    close(q[1]);
    reap("reader", child);
    return 0;
}
