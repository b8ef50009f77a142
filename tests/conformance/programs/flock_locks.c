/* flock(2): belongs to the open file, is converted, inherited, and waits. */
#include "check.h"
#include <sys/file.h>

int main(void)
{
    int to_parent[2];
    char byte;
    pipe(to_parent);
    put_file("f", "");
    int one = open("f", O_RDONLY), two = open("f", O_RDONLY);
    ret(flock(one, LOCK_SH));
    ret(flock(two, LOCK_SH | LOCK_NB));
    ret(flock(two, LOCK_EX | LOCK_NB));
    ret(flock(two, LOCK_UN));
    ret(flock(one, LOCK_EX | LOCK_NB));
    ret(flock(two, LOCK_SH | LOCK_NB));
    int copy = dup(one);
    ret(flock(copy, LOCK_EX | LOCK_NB));
    close(one);
    ret(flock(two, LOCK_EX | LOCK_NB));
    ret(flock(copy, LOCK_UN));
    ret(flock(two, LOCK_EX | LOCK_NB));
    ret(flock(999, LOCK_EX));
    ret(flock(two, 77));
    ret(flock(two, 0));
    ret(flock(two, LOCK_SH | LOCK_EX));
    pid_t child = fork();
    if (child == 0) {
        int own = open("f", O_RDWR);
        ret(flock(own, LOCK_EX | LOCK_NB));
        ret(flock(two, LOCK_EX | LOCK_NB));
        write(to_parent[1], "1", 1);
        ret(flock(own, LOCK_EX));
        _exit(0);
    }
    read(to_parent[0], &byte, 1);
    say("the parent lets go");
    flock(two, LOCK_UN);
    reap("child", child);
    ret(flock(two, LOCK_EX | LOCK_NB));
    child = fork();
    if (child == 0) {
        ret(flock(two, LOCK_UN));
        _exit(0);
    }
    reap("unlocker", child);
    ret(flock(copy, LOCK_EX | LOCK_NB));
    /* flock and fcntl locks do not see each other. */
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int writer = open("f", O_RDWR);
    ret(fcntl(writer, F_SETLK, &lock));
    return 0;
}
