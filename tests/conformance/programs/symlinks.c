/* symlink, readlink and following: chains, loops, dangling and trailing slashes. */
#include "check.h"

int main(void)
{
    char buffer[64];
    struct stat st;
    put_file("file", "contents");
    mkdir("dir", 0755);
    put_file("dir/inner", "deep");
    ret(symlink("file", "one"));
    ret(symlink("one", "two"));
    ret(symlink("two", "three"));
    ret(symlink("file", "one"));
    ret(symlink("", "empty"));
    ret(symlink("x", ""));
    ret(symlink("x", "no/such"));
    ret(symlink("dir", "d"));
    ret(symlink("../file", "dir/up"));
    show_file("three");
    show_file("dir/up");
    show_file("d/inner");
    ret(readlink("three", buffer, sizeof buffer));
    mem(buffer, 3);
    ret(readlink("three", buffer, 2));
    ret(readlink("three", buffer, 0));
    ret(readlink("file", buffer, sizeof buffer));
    ret(readlink("missing", buffer, sizeof buffer));
    ret(readlink("d/", buffer, sizeof buffer));
    ret(lstat("one", &st));
    num(st.st_size);
    num(st.st_mode);
    ret(lstat("d/", &st));
    yes(S_ISDIR(st.st_mode));
    ret(symlink("b", "a"));
    ret(symlink("a", "b"));
    ret(open("a", O_RDONLY));
    ret(stat("a/x", &st));
    ret(lstat("a", &st));
    ret(access("a", F_OK));
    char name[16], target[16];
    put_file("c0", "end of the chain");
    for (int i = 1; i <= 41; i++) {
        sprintf(name, "c%d", i);
        sprintf(target, "c%d", i - 1);
        symlink(target, name);
    }
    show_file("c40");
    show_file("c41");
    ret(symlink("nowhere", "dangling"));
    ret(access("dangling", F_OK));
    ret(faccessat(AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
    ret(chmod("dangling", 0600));
    ret(truncate("dangling", 0));
    ret(unlink("d/"));
    ret(unlink("d"));
    ret(rmdir("one"));
    ret(symlink("dir", "d"));
    ret(rmdir("d"));
    ret(mkdir("dangling", 0755));
    ret(chdir("dangling"));
    ret(chdir("d"));
    yes(strstr(getcwd(buffer, sizeof buffer), "/dir") != NULL);
    ret(chdir(".."));
    int fd = open("dir", O_RDONLY);
    ret(symlinkat("inner", fd, "alias"));
    ret(readlinkat(fd, "alias", buffer, sizeof buffer));
    ret(symlinkat("x", 999, "alias"));
    show_file("dir/alias");
    return 0;
}
