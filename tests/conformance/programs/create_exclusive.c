/* O_CREAT, O_EXCL, O_TRUNC and creat(2): what is made, with which mode and which contents. */
#include "check.h"

static void mode_of(const char *path)
{
    struct stat st;
    if (stat(path, &st))
        say("%s: %s", path, error_name(errno));
    else
        say("%s: mode %o, size %lld, links %d", path, st.st_mode, (long long)st.st_size, (int)st.st_nlink);
}

int main(void)
{
    char buffer[8];
    int fd;
    umask(022);
    ok(open("a", O_RDWR | O_CREAT | O_EXCL, 0666));
    mode_of("a");
    ret(open("a", O_RDWR | O_CREAT | O_EXCL, 0666));
    ok(open("a", O_RDWR | O_CREAT, 0600));
    mode_of("a");
    umask(077);
    ok(creat("b", 0777));
    mode_of("b");
    umask(0);
    ok(open("c", O_WRONLY | O_CREAT, 07777));
    mode_of("c");
    ok(open("d", O_RDWR | O_CREAT, 0));
    mode_of("d");
    ret(open("d", O_RDWR));
    ret(open("d", O_RDONLY));
    umask(022);
    put_file("t", "0123456789");
    ok(open("t", O_RDONLY));
    mode_of("t");
    fd = open("t", O_WRONLY | O_TRUNC);
    mode_of("t");
    ret(write(fd, "abc", 3));
    mode_of("t");
    ok(open("t", O_RDWR | O_CREAT | O_TRUNC, 0600));
    mode_of("t");
    symlink("nowhere", "dangling");
    ret(open("dangling", O_RDWR | O_CREAT | O_EXCL, 0644));
    ret(open("dangling", O_RDWR));
    ok(open("dangling", O_RDWR | O_CREAT, 0644));
    mode_of("nowhere");
    symlink("loop", "loop");
    ret(open("loop", O_RDWR | O_CREAT, 0644));
    ret(open("loop", O_RDWR | O_CREAT | O_EXCL, 0644));
    ret(open("no/such", O_RDWR | O_CREAT, 0644));
    ret(open("a/b", O_RDWR | O_CREAT, 0644));
    char longest[300];
    memset(longest, 'n', sizeof longest);
    longest[255] = 0;
    ok(open(longest, O_RDWR | O_CREAT, 0644));
    longest[255] = 'n';
    longest[256] = 0;
    ret(open(longest, O_RDWR | O_CREAT, 0644));
    fd = open("r", O_RDONLY | O_CREAT, 0222);
    ok(fd);
    ret(read(fd, buffer, 8));
    ret(open("r", O_RDONLY));
    fd = open(".", O_RDWR | O_TMPFILE, 0600);
    ok(fd);
    ret(write(fd, "tmp", 3));
    struct stat st;
    fstat(fd, &st);
    num(st.st_nlink);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ret(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
    show_file("named");
    ret(open(".", O_RDONLY | O_TMPFILE, 0600));
    ret(mkdir("x", 0755));
    ret(mkdir("x", 0755));
    ret(mkdir("a", 0755));
    ret(mkdir("x/y/z", 0755));
    ret(mkdir("x/", 0755));
    ret(mkdir("fresh/", 0755));
    return 0;
}
