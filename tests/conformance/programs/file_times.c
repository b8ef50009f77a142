/* utimensat, futimens, utimes: setting, omitting, now; and what changes which time. */
#include "check.h"
#include <sys/time.h>
#include <utime.h>

static struct stat before, after;

static void changed(const char *what)
{
    stat("f", &after);
    say("%s: atime %s, mtime %s, ctime %s", what, after.st_atime == before.st_atime ? "same" : "new",
        after.st_mtime == before.st_mtime ? "same" : "new", after.st_ctim.tv_sec >= before.st_ctim.tv_sec ? "forward" : "back");
}

static void set(long atime, long mtime)
{
    struct timespec times[2] = {{atime, 0}, {mtime, 0}};
    utimensat(AT_FDCWD, "f", times, 0);
    stat("f", &before);
}

int main(void)
{
    put_file("f", "contents");
    struct timespec times[2] = {{1000, 123456789}, {2000, 987654321}};
    ret(utimensat(AT_FDCWD, "f", times, 0));
    stat("f", &before);
    num(before.st_atim.tv_sec);
    num(before.st_atim.tv_nsec);
    num(before.st_mtim.tv_sec);
    num(before.st_mtim.tv_nsec);
    times[0].tv_nsec = UTIME_OMIT;
    times[1].tv_sec = 5000;
    times[1].tv_nsec = 5;
    ret(utimensat(AT_FDCWD, "f", times, 0));
    stat("f", &before);
    num(before.st_atim.tv_sec);
    num(before.st_mtim.tv_sec);
    times[0].tv_nsec = times[1].tv_nsec = UTIME_OMIT;
    ret(utimensat(AT_FDCWD, "missing", times, 0));
    ret(utimensat(AT_FDCWD, "f", times, 0x4000));
    times[1].tv_nsec = UTIME_NOW;
    ret(utimensat(AT_FDCWD, "f", times, 0));
    stat("f", &before);
    num(before.st_atim.tv_sec);
    yes(before.st_mtim.tv_sec > 1000000000);
    times[0].tv_nsec = 1000000000;
    ret(utimensat(AT_FDCWD, "f", times, 0));
    times[0].tv_nsec = -1;
    ret(utimensat(AT_FDCWD, "f", times, 0));
    int fd = open("f", O_RDONLY);
    struct timespec fine[2] = {{7, 1}, {8, 2}};
    ret(futimens(fd, fine));
    stat("f", &before);
    num(before.st_atim.tv_nsec);
    num(before.st_mtim.tv_sec);
    ret(futimens(999, fine));
    ret(futimens(fd, NULL));
    stat("f", &before);
    yes(before.st_atim.tv_sec == before.st_mtim.tv_sec && before.st_atim.tv_sec > 1000000000);
    struct timeval old[2] = {{11, 500000}, {12, 250000}};
    ret(utimes("f", old));
    stat("f", &before);
    num(before.st_atim.tv_nsec);
    num(before.st_mtim.tv_nsec);
    old[0].tv_usec = 1000000;
    ret(utimes("f", old));
    struct utimbuf simple = {100, 200};
    ret(utime("f", &simple));
    stat("f", &before);
    num(before.st_atime);
    num(before.st_mtime);
    set(100, 200);
    fd = open("f", O_WRONLY);
    changed("open");
    ret(write(fd, "x", 1));
    changed("write");
    set(100, 200);
    ret(write(fd, "x", 0));
    changed("write nothing");
    set(100, 200);
    ret(ftruncate(fd, 3));
    changed("ftruncate");
    set(100, 200);
    ret(chmod("f", 0600));
    changed("chmod");
    set(100, 200);
    ret(truncate("f", 3));
    changed("truncate to the same size");
    symlink("f", "l");
    ret(utimensat(AT_FDCWD, "l", fine, AT_SYMLINK_NOFOLLOW));
    lstat("l", &after);
    num(after.st_mtime);
    stat("f", &after);
    yes(after.st_mtime != 8);
    ret(utimensat(AT_FDCWD, "/", NULL, 0));
    ret(utimensat(AT_FDCWD, "/", fine, 0));
    mkdir("d", 0755);
    utimensat(AT_FDCWD, "d", fine, 0);
    stat("d", &before);
    put_file("d/new", "");
    stat("d", &after);
    yes(after.st_mtime > before.st_mtime);
    return 0;
}
