/* stat, fstat, lstat, fstatat, statx: the fields of each kind of file. */
#include "check.h"
#include <sys/sysmacros.h>

static void show(const char *what, int result, const struct stat *st)
{
    if (result)
        say("%s: %s", what, error_name(errno));
    else
        say("%s: mode %o links %d uid %s size %lld blocks>0 %d", what, st->st_mode,
            S_ISDIR(st->st_mode) ? 0 : (int)st->st_nlink, st->st_uid == getuid() ? "mine" : "other",
            S_ISDIR(st->st_mode) ? -1LL : (long long)st->st_size, S_ISDIR(st->st_mode) ? 0 : st->st_blocks > 0);
}

int main(void)
{
    struct stat st, other;
    int pipes[2];
    umask(022);
    put_file("file", "hello");
    mkdir("dir", 0750);
    symlink("file", "link");
    symlink("missing", "dangling");
    mkfifo("fifo", 0600);
    show("file", stat("file", &st), &st);
    yes(S_ISREG(st.st_mode));
    num(st.st_blksize);
    yes(st.st_atime > 0 && st.st_mtime > 0 && st.st_ctime > 0);
    yes(st.st_mtim.tv_nsec >= 0 && st.st_mtim.tv_nsec < 1000000000);
    show("dir", stat("dir", &st), &st);
    num(st.st_nlink);
    show("link", lstat("link", &st), &st);
    show("link followed", stat("link", &st), &st);
    show("dangling", stat("dangling", &st), &st);
    show("dangling itself", lstat("dangling", &st), &st);
    show("fifo", stat("fifo", &st), &st);
    show("file/", stat("file/", &st), &st);
    show("empty", stat("", &st), &st);
    show("by descriptor", fstatat(AT_FDCWD, "file", &st, 0), &st);
    show("not followed", fstatat(AT_FDCWD, "link", &st, AT_SYMLINK_NOFOLLOW), &st);
    show("bad flag", fstatat(AT_FDCWD, "link", &st, 0x40000), &st);
    int fd = open("file", O_RDONLY);
    show("empty path", fstatat(fd, "", &st, AT_EMPTY_PATH), &st);
    show("empty path without flag", fstatat(fd, "", &st, 0), &st);
    show("closed", fstat(777, &st), &st);
    stat("file", &other);
    fstat(fd, &st);
    yes(st.st_ino == other.st_ino && st.st_dev == other.st_dev);
    stat("/dev/null", &st);
    yes(S_ISCHR(st.st_mode));
    num(major(st.st_rdev));
    num(minor(st.st_rdev));
    num(st.st_mode & 07777);
    stat("/dev/zero", &st);
    num(minor(st.st_rdev));
    stat("/dev/full", &st);
    num(minor(st.st_rdev));
    pipe(pipes);
    fstat(pipes[0], &st);
    yes(S_ISFIFO(st.st_mode));
    num(st.st_mode & 07777);
    num(st.st_size);
    num(st.st_nlink);
    stat("/tmp", &st);
    num(st.st_mode);
    num(st.st_uid);
    stat("/", &st);
    yes(S_ISDIR(st.st_mode));
    struct { uint32_t mask, blksize; uint64_t attributes; uint32_t nlink, uid, gid; uint16_t mode, pad; uint64_t ino, size, rest[40]; } stx;
    memset(&stx, 0, sizeof stx);
    ret(syscall(SYS_statx, AT_FDCWD, "file", 0, 0x7ff, &stx));
    yes((stx.mask & 0x7ff) == 0x7ff);
    num(stx.mode);
    num(stx.nlink);
    num(stx.size);
    yes(stx.uid == getuid() && stx.gid == getgid() && stx.ino == other.st_ino);
    ret(syscall(SYS_statx, fd, "", AT_EMPTY_PATH, 0x7ff, &stx));
    ret(syscall(SYS_statx, AT_FDCWD, "missing", 0, 0x7ff, &stx));
    ret(syscall(SYS_statx, AT_FDCWD, "file", 0x6000, 0x7ff, &stx));
    ret(syscall(SYS_statx, AT_FDCWD, "file", 0, 0x80000000u, &stx));
#ifndef PORTABLE
    ret(syscall(SYS_stat, "file", 8));
#endif
    return 0;
}
