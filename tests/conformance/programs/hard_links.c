/* link, linkat, unlink, unlinkat: link counts, unlinked open files, and each refusal. */
#include "check.h"

static int links(const char *path)
{
    struct stat st;
    return stat(path, &st) ? -errno : (int)st.st_nlink;
}

int main(void)
{
    char buffer[32];
    struct stat st;
    put_file("a", "shared");
    mkdir("dir", 0755);
    symlink("a", "s");
    ret(link("a", "b"));
    num(links("a"));
    ret(link("a", "dir/c"));
    num(links("b"));
    ret(link("a", "b"));
    ret(link("missing", "x"));
    ret(link("dir", "x"));
    ret(link("a", "missing/x"));
    ret(link("a", "a/x"));
    ret(link("s", "t"));
    ret(lstat("t", &st));
    yes(S_ISLNK(st.st_mode));
    ret(linkat(AT_FDCWD, "s", AT_FDCWD, "u", AT_SYMLINK_FOLLOW));
    num(links("a"));
    ret(linkat(AT_FDCWD, "s", AT_FDCWD, "v", 0x40));
    ret(linkat(999, "s", AT_FDCWD, "v", 0));
    int fd = open("b", O_RDWR | O_APPEND);
    ret(write(fd, " text", 5));
    show_file("dir/c");
    ret(unlink("a"));
    ret(unlink("a"));
    num(links("b"));
    ret(unlink("b"));
    ret(unlink("dir/c"));
    ret(unlink("u"));
    ret(fstat(fd, &st));
    num(st.st_nlink);
    num(st.st_size);
    ret(pread(fd, buffer, sizeof buffer, 0));
    ret(write(fd, "!", 1));
    ret(lseek(fd, 0, SEEK_END));
    ret(unlink("dir"));
    ret(unlink("dir/"));
    ret(unlink("missing/x"));
    ret(unlink(""));
    ret(unlink("s"));
    put_file("f", "");
    ret(unlink("f/"));
    ret(unlinkat(AT_FDCWD, "f", AT_REMOVEDIR));
    ret(unlinkat(AT_FDCWD, "f", 0x1000));
    ret(unlinkat(AT_FDCWD, "dir", 0));
    ret(unlinkat(AT_FDCWD, "dir", AT_REMOVEDIR));
    ret(rmdir("dir"));
    ret(rmdir("f"));
    ret(rmdir("."));
    ret(rmdir("f/.."));
    ret(mkdir("p", 0755));
    ret(rmdir("p/."));
    ret(rmdir("p/.."));
    ret(mkdir("p/q", 0755));
    ret(rmdir("p"));
    fd = open("p/q", O_RDONLY);
    ret(rmdir("p/q"));
    ret(fstat(fd, &st));
    num(st.st_nlink);
    ret(openat(fd, "new", O_CREAT | O_RDWR, 0644));
    ret(rmdir("/"));
    snprintf(buffer, sizeof buffer, "/proc/self/fd/%d", fd);
    return 0;
}
