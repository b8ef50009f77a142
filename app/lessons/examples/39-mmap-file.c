// title: A file as memory
// about: mmap makes a file part of memory. A store to it changes the file, with no write; the first touch is a page fault.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    int flags = O_RDWR | O_CREAT | O_TRUNC;
    int fd = open("/tmp/mug", flags, 0644);
    write(fd, "cold tea\n", 9);

    int access = PROT_READ | PROT_WRITE;
    char *mug = mmap(NULL, 9, access,
                     MAP_SHARED, fd, 0);
    if (mug == MAP_FAILED)
        return 1;
    memcpy(mug, "warm", 4);
    munmap(mug, 9);

    char text[9];
    pread(fd, text, sizeof text, 0);
    write(1, text, sizeof text);
    close(fd);
    return 0;
}
