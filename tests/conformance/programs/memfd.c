/* memfd_create and seals. */
#include "check.h"
#include <sys/mman.h>

#ifndef F_ADD_SEALS
#define F_ADD_SEALS 1033
#define F_GET_SEALS 1034
#endif
enum { SEAL = 1, SHRINK = 2, GROW = 4, WRITE = 8 };

int main(void)
{
    char buffer[32], link[64];
    int fd = ok(syscall(SYS_memfd_create, "name", 3));
    ret(fcntl(fd, F_GETFD));
    ret(fcntl(fd, F_GET_SEALS));
    ret(write(fd, "memory", 6));
    ret(pread(fd, buffer, 32, 0));
    struct stat st;
    ret(fstat(fd, &st));
    num(st.st_size);
    num(st.st_nlink);
    num(st.st_mode);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int got = ret(readlink(link, buffer, sizeof buffer));
    mem(buffer, got);
    ret(ftruncate(fd, 8192));
    char *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    map[5000] = 'm';
    ret(pread(fd, buffer, 1, 5000));
    mem(buffer, 1);
    ret(fcntl(fd, F_ADD_SEALS, WRITE));
    ret(munmap(map, 8192));
    ret(fcntl(fd, F_ADD_SEALS, SHRINK));
    ret(ftruncate(fd, 100));
    ret(ftruncate(fd, 10000));
    ret(fcntl(fd, F_ADD_SEALS, GROW));
    ret(ftruncate(fd, 20000));
    ret(pwrite(fd, "x", 1, 20000));
    ret(pwrite(fd, "x", 1, 0));
    ret(fcntl(fd, F_ADD_SEALS, WRITE));
    ret(pwrite(fd, "x", 1, 0));
    yes(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
    yes(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0) != MAP_FAILED);
    ret(fcntl(fd, F_ADD_SEALS, SEAL));
    ret(fcntl(fd, F_ADD_SEALS, SHRINK));
    ret(fcntl(fd, F_GET_SEALS));
    ret(fcntl(fd, F_ADD_SEALS, 0x1000));
    fd = syscall(SYS_memfd_create, "plain", 0);
    ret(fcntl(fd, F_GET_SEALS));
    ret(fcntl(fd, F_ADD_SEALS, WRITE));
    ret(fcntl(fd, F_GETFD));
    ret(syscall(SYS_memfd_create, "bad", 0x4000));
    ret(syscall(SYS_memfd_create, 8, 0));
    memset(buffer, 'n', sizeof buffer);
    char longest[300];
    memset(longest, 'n', sizeof longest);
    longest[249] = 0;
    ok(syscall(SYS_memfd_create, longest, 0));
    longest[249] = 'n';
    longest[250] = 0;
    ret(syscall(SYS_memfd_create, longest, 0));
    put_file("f", "x");
    fd = open("f", O_RDWR);
    ret(fcntl(fd, F_GET_SEALS));
    ret(fcntl(fd, F_ADD_SEALS, WRITE));
    return 0;
}
