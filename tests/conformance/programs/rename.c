/* rename, renameat2 with its flags: what replaces what, and each refusal. */
#include "check.h"

#define NOREPLACE 1
#define EXCHANGE 2
#define WHITEOUT 4

static int rename2(const char *from, const char *to, unsigned flags)
{
    return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

int main(void)
{
    struct stat st;
    put_file("a", "A");
    put_file("b", "B");
    ret(rename("a", "c"));
    ret(access("a", F_OK));
    show_file("c");
    ret(rename("c", "b"));
    show_file("b");
    ret(rename("missing", "b"));
    ret(rename("b", "no/such"));
    ret(rename("b", "b"));
    ret(link("b", "same"));
    ret(rename("b", "same"));
    ret(access("b", F_OK));
    mkdir("d", 0755);
    mkdir("e", 0755);
    put_file("e/full", "x");
    ret(rename("b", "d"));
    ret(rename("d", "b"));
    ret(rename("d", "e"));
    ret(rename("e", "d"));
    show_file("d/full");
    ret(rename("d", "d/inside"));
    ret(rename("d/full", "d"));
    ret(rename("d", "d/full"));
    ret(rename(".", "x"));
    ret(rename("d/.", "x"));
    ret(rename("b", ".."));
    ret(rename("b", "x/"));
    ret(rename("d", "moved/"));
    ret(rename("b", ""));
    ret(rename("", "b"));
    symlink("b", "l");
    ret(rename("l", "m"));
    ret(lstat("m", &st));
    yes(S_ISLNK(st.st_mode));
    put_file("p", "P");
    put_file("q", "Q");
    ret(rename2("p", "q", NOREPLACE));
    ret(rename2("p", "r", NOREPLACE));
    ret(rename2("r", "q", EXCHANGE));
    show_file("r");
    show_file("q");
    ret(rename2("r", "gone", EXCHANGE));
    ret(rename2("r", "q", NOREPLACE | EXCHANGE));
    ret(rename2("r", "q", 64));
    ret(rename2("moved", "q", EXCHANGE));
    ret(stat("q", &st));
    yes(S_ISDIR(st.st_mode));
    show_file("moved");
    int fd = open("r", O_RDONLY);
    ret(rename("moved", "r"));
    char byte;
    ret(read(fd, &byte, 1));
    num(byte);
    ret(fstat(fd, &st));
    num(st.st_nlink);
    ret(renameat(999, "r", AT_FDCWD, "z"));
    ret(renameat(fd, "r", AT_FDCWD, "z"));
    mkdir("parent", 0755);
    mkdir("parent/child", 0755);
    stat("parent", &st);
    num(st.st_nlink);
    ret(rename("parent/child", "child"));
    stat("parent", &st);
    num(st.st_nlink);
    return 0;
}
