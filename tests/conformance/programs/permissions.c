/* Modes, owners and access checks as an unprivileged user. */
#include "check.h"
#include <sys/uio.h>

static int mode(const char *path)
{
    struct stat st;
    return lstat(path, &st) ? -1 : (int)(st.st_mode & 07777);
}

int main(void)
{
    yes(getuid() == 1000 && geteuid() == 1000 && getgid() == 1000 && getegid() == 1000);
    num(umask(027));
    num(umask(022));
    num(umask(0x1ff2) & 0);
    num(umask(022));
    put_file("f", "data");
    for (int bits = 0; bits < 8; bits++) {
        chmod("f", bits << 6);
        say("mode %d00: r %d w %d x %d", bits, access("f", R_OK), access("f", W_OK), access("f", X_OK));
    }
    ret(chmod("f", 0044));
    ret(open("f", O_RDONLY));
    ret(chmod("f", 0200));
    ok(open("f", O_WRONLY));
    ret(open("f", O_RDWR));
    ret(open("f", O_RDONLY));
    ret(access("f", 8));
    ret(access("missing", R_OK));
    ret(chmod("f", 07755));
    num(mode("f"));
    ret(chmod("f", 0100644));
    num(mode("f"));
    ret(chmod("missing", 0644));
    ret(fchmod(999, 0644));
    int fd = open("f", O_RDONLY);
    ret(fchmod(fd, 0600));
    num(mode("f"));
    ret(fchmodat(AT_FDCWD, "f", 0640, 0));
    num(mode("f"));
    mkdir("d", 0755);
    put_file("d/in", "x");
    ret(chmod("d", 0600));
    ret(open("d/in", O_RDONLY));
    ret(access("d/in", F_OK));
    ok(open("d", O_RDONLY | O_DIRECTORY));
    ret(chdir("d"));
    ret(chmod("d", 0500));
    ok(open("d/in", O_RDWR));
    ret(open("d/new", O_CREAT | O_RDWR, 0644));
    ret(unlink("d/in"));
    ret(mkdir("d/sub", 0755));
    ret(rename("d/in", "out"));
    ret(symlink("x", "d/s"));
    ret(chmod("d", 0300));
    ret(open("d", O_RDONLY | O_DIRECTORY));
    ok(open("d/in", O_RDONLY));
    ret(unlink("d/in"));
    ret(chmod("d", 0700));
    ret(chown("f", 1000, 1000));
    ret(chown("f", -1, -1));
    ret(chown("f", 0, -1));
    ret(chown("f", -1, 0));
    ret(chown("f", 1001, 1000));
    ret(chown("missing", 1000, 1000));
    ret(lchown("f", -1, 1000));
    ret(fchown(fd, -1, -1));
    ret(fchown(999, -1, -1));
    ret(fchownat(AT_FDCWD, "f", -1, -1, 0x8000));
    chmod("f", 06755);
    ret(chown("f", -1, 1000));
    num(mode("f"));
    chmod("f", 06755);
    fd = open("f", O_WRONLY);
    ret(write(fd, "x", 1));
    num(mode("f"));
    chmod("f", 06755);
    ret(ftruncate(fd, 0));
    num(mode("f"));
    ret(chmod("/", 0755));
    ret(chmod("/tmp", 0777));
    ret(chown("/", 1000, 1000));
    ret(open("/root-owned", O_CREAT | O_RDWR, 0644));
    ret(mkdir("/newdir", 0755));
    ret(access("/", W_OK));
    ret(access("/tmp", W_OK));
    ret(access("/dev/null", R_OK | W_OK));
    ret(faccessat(AT_FDCWD, "f", R_OK, AT_EACCESS));
    ret(mknod("node", S_IFCHR | 0600, 0x103));
    ret(mknod("node", S_IFREG | 0600, 0));
    ret(mknod("fifo", S_IFIFO | 0600, 0));
    num(mode("fifo"));
    return 0;
}
