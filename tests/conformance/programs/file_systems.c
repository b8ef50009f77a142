/* statfs, fstatfs, statvfs, sync, mount-like refusals for an unprivileged user. */
#include "check.h"
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

int main(void)
{
    struct statfs fs;
    struct statvfs vfs;
    int pipes[2];
    put_file("f", "x");
    ret(statfs("f", &fs));
    num(fs.f_bsize);
    num(fs.f_namelen);
    yes(fs.f_blocks > 0 && fs.f_bfree <= fs.f_blocks && fs.f_bavail <= fs.f_bfree);
    yes(fs.f_files > 0 && fs.f_ffree <= fs.f_files);
    ret(statfs("missing", &fs));
    ret(syscall(SYS_statfs, "f", 8));
    int fd = open("f", O_RDONLY);
    ret(fstatfs(fd, &fs));
    num(fs.f_namelen);
    ret(fstatfs(999, &fs));
    pipe(pipes);
    ret(fstatfs(pipes[0], &fs));
    say("pipefs %lx, block size %ld, names of %ld", (long)fs.f_type, (long)fs.f_bsize, (long)fs.f_namelen);
    ret(statfs("/proc", &fs));
    say("proc %lx", (long)fs.f_type);
    ret(statvfs("f", &vfs));
    num(vfs.f_frsize);
    num(vfs.f_namemax);
    num(vfs.f_flag & ST_RDONLY);
    ret(syncfs(fd));
    ret(syncfs(999));
    sync();
    ret(mount("none", "/tmp", "tmpfs", 0, NULL));
    ret(umount("/tmp"));
    ret(umount2("/tmp", 0x1000));
    ret(chroot("."));
    ret(chroot("missing"));
    ret(chroot("f"));
    ret(sethostname("x", 1));
    ret(syscall(SYS_setdomainname, "x", 1));
    ret(syscall(SYS_reboot, 0, 0, 0, 0));
    ret(syscall(SYS_swapon, "f", 0));
    ret(syscall(SYS_swapoff, "f"));
    ret(syscall(SYS_pivot_root, ".", "."));
    ret(syscall(SYS_acct, "f"));
    ret(syscall(SYS_vhangup));
#ifdef SYS_settimeofday
    ret(syscall(SYS_settimeofday, NULL, (long[]){0, 0}));
#endif
    ret(clock_settime(CLOCK_REALTIME, &(struct timespec){1, 0}));
    ret(pathconf("f", _PC_NAME_MAX));
    ret(pathconf("f", _PC_PIPE_BUF));
    ret(pathconf("f", _PC_PATH_MAX));
    return 0;
}
