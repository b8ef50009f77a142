/* dup, dup2, dup3, fcntl, close, close_range: numbers, shared offsets, flags. */
#include "check.h"
#include <sys/resource.h>

int main(void)
{
    char buffer[16];
    put_file("f", "abcdefgh");
    int fd = open("f", O_RDWR);
    num(fd);
    int copy = ret(dup(fd));
    ret(read(fd, buffer, 3));
    ret(read(copy, buffer, 3));
    mem(buffer, 3);
    ret(lseek(fd, 0, SEEK_CUR));
    int other = open("f", O_RDWR);
    ret(lseek(other, 0, SEEK_CUR));
    ret(dup2(fd, 20));
    ret(dup2(fd, fd));
    ret(dup2(999, 999));
    ret(dup2(999, 5));
    ret(dup2(fd, -1));
    ret(dup2(fd, 1 << 20));
    ret(dup3(fd, 21, O_CLOEXEC));
    ret(fcntl(21, F_GETFD));
    ret(dup3(fd, fd, 0));
    ret(syscall(SYS_dup3, fd, 22, O_APPEND));
    ret(fcntl(fd, F_DUPFD, 20));
    ret(fcntl(fd, F_DUPFD_CLOEXEC, 20));
    ret(fcntl(23, F_GETFD));
    ret(fcntl(fd, F_DUPFD, -1));
    ret(fcntl(fd, F_DUPFD, 1 << 20));
    ret(fcntl(fd, F_SETFD, FD_CLOEXEC));
    ret(fcntl(fd, F_GETFD));
    ret(fcntl(copy, F_GETFD));
    ret(fcntl(fd, F_SETFD, 0));
    ret(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK));
    ret((fcntl(copy, F_GETFL) & ~O_LARGEFILE) & 077777);
    ret(fcntl(fd, F_SETFL, O_WRONLY));
    ret(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND));
    ret(fcntl(fd, 9999));
    ret(fcntl(999, F_GETFD));
    ret(close(20));
    ret(close(20));
    ret(close(-1));
    ret(dup(999));
    ret(fcntl(fd, F_DUPFD, 0));
    close(fd);
    ret(open("f", O_RDONLY));
    ret(syscall(SYS_close_range, 20u, 30u, 0));
    ret(fcntl(21, F_GETFD));
    ret(syscall(SYS_close_range, 30u, 20u, 0));
    ret(syscall(SYS_close_range, 3u, 3u, 4));
    ret(fcntl(3, F_GETFD));
    ret(syscall(SYS_close_range, 3u, ~0u, 0x40));
    ret(syscall(SYS_close_range, 3u, ~0u, 0));
    ret(fcntl(4, F_GETFD));
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    num(limit.rlim_cur);
    limit.rlim_cur = 5;
    ret(setrlimit(RLIMIT_NOFILE, &limit));
    ret(open("f", O_RDONLY));
    ret(dup(0));
    ret(open("f", O_RDONLY));
    ret(dup(0));
    ret(dup2(0, 5));
    ret(fcntl(0, F_DUPFD, 5));
    int pipes[2];
    ret(pipe(pipes));
    close(4);
    ret(pipe(pipes));
    ret(open("made", O_CREAT | O_RDWR, 0644));
    return 0;
}
