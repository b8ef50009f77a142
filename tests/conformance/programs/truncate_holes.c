/* truncate, ftruncate, fallocate, holes and SEEK_DATA/SEEK_HOLE. */
#include "check.h"

#ifndef SEEK_DATA
#define SEEK_DATA 3
#define SEEK_HOLE 4
#endif
#define KEEP_SIZE 1
#define PUNCH_HOLE 2
#define ZERO_RANGE 16

static long long size_of(int fd)
{
    struct stat st;
    return fstat(fd, &st) ? -1 : (long long)st.st_size;
}

int main(void)
{
    char buffer[16];
    int fd = open("f", O_RDWR | O_CREAT, 0644);
    ret(write(fd, "0123456789", 10));
    ret(ftruncate(fd, 4));
    num(size_of(fd));
    ret(lseek(fd, 0, SEEK_CUR));
    ret(ftruncate(fd, 8));
    ret(pread(fd, buffer, 16, 0));
    mem(buffer, 8);
    ret(write(fd, "AB", 2));
    num(size_of(fd));
    ret(pread(fd, buffer, 16, 0));
    mem(buffer, 12);
    ret(ftruncate(fd, -1));
    ret(ftruncate(999, 0));
    ret(truncate("f", 2));
    num(size_of(fd));
    ret(truncate("missing", 2));
    ret(truncate(".", 2));
    ret(truncate("f", -1));
    int reader = open("f", O_RDONLY);
    ret(ftruncate(reader, 1));
    int pipes[2];
    pipe(pipes);
    ret(ftruncate(pipes[1], 1));
    ret(ftruncate(fd, 0));
    ret(pwrite(fd, "x", 1, 1 << 20));
    num(size_of(fd));
    struct stat st;
    fstat(fd, &st);
    yes(st.st_blocks * 512 < st.st_size);
    ret(pread(fd, buffer, 4, 4096));
    mem(buffer, 4);
    ret(lseek(fd, 0, SEEK_HOLE));
    ret(lseek(fd, 0, SEEK_DATA));
    ret(lseek(fd, 1 << 20, SEEK_HOLE));
    ret(lseek(fd, (1 << 20) + 1, SEEK_DATA));
    ret(lseek(fd, -5, SEEK_DATA));
    ret(lseek(fd, 0, 9));
    ret(lseek(fd, -1, SEEK_SET));
    ret(lseek(fd, 3LL << 30, SEEK_SET));
    ret(read(fd, buffer, 4));
    ret(ftruncate(fd, 0));
    ret(fallocate(fd, 0, 0, 10000));
    num(size_of(fd));
    ret(fallocate(fd, KEEP_SIZE, 10000, 10000));
    num(size_of(fd));
    ret(pwrite(fd, "abcdefghijkl", 12, 0));
    ret(fallocate(fd, PUNCH_HOLE | KEEP_SIZE, 2, 4));
    ret(pread(fd, buffer, 12, 0));
    mem(buffer, 12);
    ret(fallocate(fd, ZERO_RANGE, 8, 2));
    ret(pread(fd, buffer, 12, 0));
    mem(buffer, 12);
    ret(fallocate(fd, PUNCH_HOLE, 0, 4));
    ret(fallocate(fd, 0, 0, 0));
    ret(fallocate(fd, 0, -1, 4));
    ret(fallocate(fd, 0x4000, 0, 4));
    ret(fallocate(reader, 0, 0, 4));
    ret(fallocate(pipes[1], 0, 0, 4));
    ret(fallocate(999, 0, 0, 4));
    err(posix_fallocate(fd, 0, 20000));
    num(size_of(fd));
    ret(fsync(fd));
    ret(fdatasync(fd));
    ret(fsync(pipes[0]));
    ret(fsync(999));
    err(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
    err(posix_fadvise(fd, 0, 0, 77));
    err(posix_fadvise(pipes[0], 0, 0, POSIX_FADV_NORMAL));
    return 0;
}
