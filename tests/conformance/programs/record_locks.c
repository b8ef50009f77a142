/* fcntl record locks (F_SETLK, F_SETLKW, F_GETLK, OFD locks) between a parent and its child. */
#include "check.h"

static int lock(int fd, int command, int type, int whence, long start, long length)
{
    struct flock lock = {.l_type = type, .l_whence = whence, .l_start = start, .l_len = length};
    return fcntl(fd, command, &lock);
}

static void ask(int fd, int type, long start, long length)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    int result = fcntl(fd, F_GETLK, &lock);
    if (result)
        say("ask %ld+%ld: %s", start, length, error_name(errno));
    else if (lock.l_type == F_UNLCK)
        say("ask %ld+%ld: free", start, length);
    else
        say("ask %ld+%ld: held %s %ld+%ld by parent: %s", start, length, lock.l_type == F_RDLCK ? "read" : "write",
            (long)lock.l_start, (long)lock.l_len, lock.l_pid == getppid() ? "yes" : "no");
}

#ifndef F_OFD_SETLK
#define F_OFD_GETLK 36
#define F_OFD_SETLK 37
#endif

int main(void)
{
    int to_child[2], to_parent[2];
    char byte;
    pipe(to_child);
    pipe(to_parent);
    put_file("f", "0123456789");
    int fd = open("f", O_RDWR);
    ret(lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 0, 4));
    ret(lock(fd, F_SETLK, F_RDLCK, SEEK_SET, 6, 2));
    ret(lock(fd, F_SETLK, F_WRLCK, SEEK_END, -1, 1));
    ret(lock(fd, F_SETLK, F_WRLCK, SEEK_SET, -1, 1));
    ret(lock(fd, F_SETLK, 7, SEEK_SET, 0, 1));
    ret(lock(fd, F_SETLK, F_WRLCK, 7, 0, 1));
    ret(lock(999, F_SETLK, F_WRLCK, SEEK_SET, 0, 1));
    int reader = open("f", O_RDONLY), writer = open("f", O_WRONLY);
    ret(lock(reader, F_SETLK, F_WRLCK, SEEK_SET, 20, 1));
    ret(lock(writer, F_SETLK, F_RDLCK, SEEK_SET, 20, 1));
    pid_t child = fork();
    if (child == 0) {
        int mine = open("f", O_RDWR);
        ask(mine, F_WRLCK, 0, 0);
        ask(mine, F_WRLCK, 4, 2);
        ask(mine, F_RDLCK, 6, 1);
        ask(mine, F_WRLCK, 6, 1);
        ask(mine, F_RDLCK, 9, 1);
        ret(lock(mine, F_SETLK, F_WRLCK, SEEK_SET, 2, 1));
        ret(lock(mine, F_SETLK, F_RDLCK, SEEK_SET, 6, 1));
        ret(lock(mine, F_SETLK, F_WRLCK, SEEK_SET, 4, 2));
        write(to_parent[1], "1", 1);
        ret(lock(mine, F_SETLKW, F_WRLCK, SEEK_SET, 0, 4));
        ask(mine, F_WRLCK, 9, 1);
        write(to_parent[1], "2", 1);
        read(to_child[0], &byte, 1);
        _exit(0);
    }
    read(to_parent[0], &byte, 1);
    ret(lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 4, 2));
    ret(lock(fd, F_SETLK, F_UNLCK, SEEK_SET, 0, 4));
    read(to_parent[0], &byte, 1);
    struct flock held = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0};
    ret(fcntl(fd, F_GETLK, &held));
    yes(held.l_pid == child);
    num(held.l_start);
    num(held.l_len);
    write(to_child[1], "x", 1);
    reap("child", child);
    held.l_type = F_WRLCK;
    ret(fcntl(fd, F_GETLK, &held));
    num(held.l_type == F_UNLCK);
    ret(lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 0, 0));
    close(dup(reader));
    close(reader);
    child = fork();
    if (child == 0) {
        /* Closing any descriptor of the file has given up all locks. */
        ask(writer, F_WRLCK, 0, 0);
        _exit(0);
    }
    reap("after close", child);
    int ofd1 = open("f", O_RDWR), ofd2 = open("f", O_RDWR);
    ret(lock(ofd1, F_OFD_SETLK, F_WRLCK, SEEK_SET, 0, 5));
    ret(lock(ofd2, F_OFD_SETLK, F_WRLCK, SEEK_SET, 4, 5));
    ret(lock(ofd2, F_OFD_SETLK, F_WRLCK, SEEK_SET, 5, 5));
    ret(lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 0, 1));
    struct flock open_lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    ret(fcntl(ofd2, F_OFD_GETLK, &open_lock));
    num(open_lock.l_pid);
    close(ofd1);
    ret(lock(ofd2, F_OFD_SETLK, F_WRLCK, SEEK_SET, 0, 5));
    ret(lockf(fd, F_TEST, 1));
    lseek(fd, 30, SEEK_SET);
    ret(lockf(fd, F_TLOCK, 5));
    ret(lockf(fd, F_ULOCK, 5));
    return 0;
}
