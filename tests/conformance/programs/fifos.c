/* fifo(7): opening waits for the other end, O_NONBLOCK, O_RDWR, and end of file. */
#include "check.h"

int main(void)
{
    char buffer[16];
    ret(mkfifo("f", 0600));
    ret(mkfifo("f", 0600));
    ret(mkfifo("no/f", 0600));
    ret(mkfifoat(AT_FDCWD, "g", 0000));
    ret(open("g", O_RDWR));
    ret(open("f", O_WRONLY | O_NONBLOCK));
    int reader = ok(open("f", O_RDONLY | O_NONBLOCK));
    ret(read(reader, buffer, 16));
    int writer = ok(open("f", O_WRONLY | O_NONBLOCK));
    ret(read(reader, buffer, 16));
    ret(write(writer, "abc", 3));
    ret(read(reader, buffer, 16));
    close(writer);
    ret(read(reader, buffer, 16));
    ret(lseek(reader, 0, SEEK_SET));
    close(reader);
    pid_t child = fork();
    if (child == 0) {
        int fd = open("f", O_WRONLY);
        write(fd, "from the child", 14);
        _exit(0);
    }
    int fd = ok(open("f", O_RDONLY));
    ret(read(fd, buffer, 16));
    mem(buffer, 14);
    ret(read(fd, buffer, 16));
    close(fd);
    reap("writer", child);
    child = fork();
    if (child == 0) {
        int fd = open("f", O_RDONLY);
        int got = read(fd, buffer, 16);
        say("the child got %d", got);
        _exit(got);
    }
    fd = ok(open("f", O_WRONLY));
    ret(write(fd, "12345", 5));
    close(fd);
    reap("reader", child);
    fd = ok(open("f", O_RDWR));
    ret(write(fd, "self", 4));
    ret(read(fd, buffer, 16));
    int second = ok(open("f", O_RDONLY | O_NONBLOCK));
    ret(write(fd, "xy", 2));
    ret(unlink("f"));
    ret(read(second, buffer, 16));
    ret(open("f", O_RDONLY));
    struct stat st;
    ret(fstat(fd, &st));
    num(st.st_nlink);
    ret(ftruncate(fd, 0));
    return 0;
}
