/* pread, pwrite, readv, writev, preadv2, pwritev2: offsets and vectors. */
#include "check.h"
#include <sys/uio.h>

int main(void)
{
    char one[4] = "", two[8] = "", buffer[32];
    struct iovec vector[3] = {{one, 3}, {NULL, 0}, {two, 7}};
    int fd = open("f", O_RDWR | O_CREAT, 0644), pipes[2];
    pipe(pipes);
    ret(pwrite(fd, "0123456789", 10, 0));
    ret(lseek(fd, 0, SEEK_CUR));
    ret(pread(fd, buffer, 4, 8));
    ret(pread(fd, buffer, 4, 100));
    ret(pread(fd, buffer, 4, -1));
    ret(pwrite(fd, buffer, 4, -1));
    ret(pread(pipes[0], buffer, 4, 0));
    ret(pwrite(pipes[1], buffer, 4, 0));
    ret(readv(fd, vector, 3));
    mem(one, 4);
    mem(two, 8);
    ret(lseek(fd, 0, SEEK_CUR));
    ret(readv(fd, vector, 3));
    ret(readv(fd, vector, 0));
    ret(readv(fd, vector, -1));
    ret(syscall(SYS_readv, fd, vector, 1025));
    ret(syscall(SYS_readv, fd, 8, 2));
    ret(readv(999, vector, 3));
    struct iovec out[2] = {{"abc", 3}, {"defg", 4}};
    ret(writev(fd, out, 2));
    ret(preadv(fd, vector, 3, 8));
    mem(one, 3);
    mem(two, 6);
    ret(pwritev(fd, out, 2, 1));
    ret(pread(fd, buffer, 32, 0));
    mem(buffer, 17);
    ret(preadv(pipes[0], vector, 3, 0));
    ret(writev(pipes[1], out, 2));
    ret(readv(pipes[0], vector, 3));
    mem(one, 3);
    mem(two, 4);
    out[1].iov_len = -1;
    ret(writev(fd, out, 2));
    out[1].iov_len = 0x7fffffffffffffff;
    ret(writev(fd, out, 2));
    out[1].iov_len = 4;
    out[1].iov_base = (void *)8;
    ret(writev(pipes[1], out, 2));
    ret(syscall(SYS_preadv2, fd, vector, 3, 0L, 0L, 0));
    mem(one, 3);
    ret(lseek(fd, 5, SEEK_SET));
    ret(syscall(SYS_preadv2, fd, vector, 1, -1L, -1L, 0));
    ret(lseek(fd, 0, SEEK_CUR));
    ret(syscall(SYS_preadv2, fd, vector, 1, 0L, 0L, 0x40000000));
    out[1].iov_base = "defg";
    ret(syscall(SYS_pwritev2, fd, out, 2, 0L, 0L, 0x10));
    ret(lseek(fd, 0, SEEK_END));
    int append = open("f", O_WRONLY | O_APPEND);
    ret(pwrite(append, "Z", 1, 0));
    ret(lseek(fd, 0, SEEK_END));
    ret(lseek(append, 0, SEEK_CUR));
    ret(lseek(fd, -2, SEEK_END));
    ret(read(fd, buffer, 8));
    mem(buffer, 2);
    ret(lseek(pipes[0], 0, SEEK_SET));
    ret(lseek(fd, 1, SEEK_CUR));
    ret(lseek(fd, -100, SEEK_CUR));
    ret(read(fd, (void *)8, 1));
    lseek(fd, 0, SEEK_SET);
    ret(read(fd, (void *)8, 1));
    ret(write(fd, (void *)8, 1));
    ret(read(fd, buffer, 0));
    ret(read(999, buffer, 0));
    return 0;
}
