// title: errno, and where it comes from
// about: The kernel answers with a negative number. The C library puts it into errno and returns -1.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    int fd = open("/no/file", O_RDONLY);
    printf("open: %d, %s\n", fd,
           strerror(errno));

    ssize_t n = write(42, "?", 1);
    printf("write: %d, %s\n", (int)n,
           strerror(errno));

    n = read(0, NULL, 0);
    printf("read nothing: %d\n", (int)n);
    return 0;
}
