/* uids, gids and groups of an unprivileged process: what may change, and what may not. */
#include "check.h"
#include <grp.h>
#include <limits.h>
#include <sys/fsuid.h>

static void show_ids(const char *when)
{
    uid_t r, e, s;
    gid_t gr, ge, gs;
    getresuid(&r, &e, &s);
    getresgid(&gr, &ge, &gs);
    say("%s: uid %d %d %d gid %d %d %d", when, r, e, s, gr, ge, gs);
}

int main(void)
{
    static gid_t groups[NGROUPS_MAX];
    show_ids("start");
    yes(getgroups(0, NULL) == getgroups(NGROUPS_MAX, groups));
    ret(getgroups(-1, groups));
    ret(setuid(0));
    ret(setuid(1000));
    ret(setuid(1001));
    ret(setgid(0));
    ret(setgid(1000));
    ret(seteuid(0));
    ret(setegid(0));
    ret(setreuid(-1, 0));
    ret(setreuid(1000, 1000));
    ret(setreuid(-1, -1));
    ret(setregid(0, -1));
    ret(setregid(1000, 1000));
    ret(setresuid(1000, 1000, 1000));
    ret(setresuid(-1, -1, 0));
    ret(setresuid(-1, -1, -1));
    ret(setresgid(-1, 0, -1));
    ret(setgroups(0, NULL));
    ret(setgroups(1, groups));
    ret(setfsuid(0));
    ret(setfsuid(-1));
    ret(setfsgid(0));
    ret(setfsgid(-1));
    show_ids("end");
    ret(syscall(SYS_getresuid, 8, 8, 8));
    struct { uint32_t version; int pid; } header = {0x20080522, 0};
    struct { uint32_t effective, permitted, inheritable; } data[2] = {{1, 1, 1}, {1, 1, 1}};
    ret(syscall(SYS_capget, &header, data));
    say("effective %#x permitted %#x", data[0].effective, data[0].permitted);
    say("effective %#x permitted %#x", data[1].effective, data[1].permitted);
    data[0].permitted = data[0].effective = 1;
    ret(syscall(SYS_capset, &header, data));
    memset(data, 0, sizeof data);
    ret(syscall(SYS_capset, &header, data));
    header.version = 1;
    ret(syscall(SYS_capget, &header, data));
    say("the version that is wanted: %#x", header.version);
    header.pid = -1;
    header.version = 0x20080522;
    ret(syscall(SYS_capget, &header, data));
    header.pid = 1 << 22;
    ret(syscall(SYS_capget, &header, data));
    header.pid = 1;
    ret(syscall(SYS_capset, &header, data));
    pid_t pid = fork();
    if (pid == 0) {
        show_ids("child");
        _exit(0);
    }
    reap("child", pid);
    ret(nice(0));
    ret(setuid(-1));
    return 0;
}
