/* Calls that only 32-bit programs have, by number: what is in pairs of registers, in older structures, or in memory. */
#include "check.h"
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/time.h>

#if defined __arm__
#define QEMU /* What follows is different there: qemu-user does not check it. */
#endif

#define LARGE 0x180000000LL
#define LOW(value) (long)(value), (long)((value) >> 32)
#if defined __arm__
#define PAIR(value) 0L, LOW(value)
#else
#define PAIR(value) LOW(value)
#endif

struct stat32 {
    unsigned long dev, ino;
    unsigned short mode, nlink, uid, gid;
    unsigned long rdev, size, blksize, blocks, times[6], unused[2];
};

static void files(void)
{
    char byte = 0;
    long long where = 0;
    int fd = open("large", O_RDWR | O_CREAT | O_LARGEFILE, 0600);
    ret(syscall(SYS_ftruncate64, fd, PAIR(LARGE)));
    ret(syscall(SYS_pwrite64, fd, "x", 1, PAIR(LARGE)));
    ret(syscall(SYS_pread64, fd, &byte, 1, PAIR(LARGE)));
    num(byte);
    ret(syscall(SYS__llseek, fd, 1L, 0x80000000L, &where, SEEK_SET));
    yes(where == LARGE);
    ret(syscall(SYS__llseek, fd, -1L, -1L, &where, SEEK_SET));
    ret(syscall(SYS__llseek, fd, 0L, 0L, (void *)8, SEEK_SET));
    ret(syscall(SYS__llseek, fd, 0L, 0L, &where, 77));
    ret(syscall(SYS_lseek, fd, -1, SEEK_SET));
    ret(syscall(SYS_lseek, fd, 0x7fffffff, SEEK_SET));
    struct stat32 small;
#if !defined QEMU
    ret(syscall(SYS_fstat, fd, &small));
    ret(syscall(SYS_stat, "large", &small));
#endif
    ret(syscall(SYS_truncate64, "large", PAIR(5LL)));
    ret(syscall(SYS_stat, "large", &small));
    num(small.size);
    num(small.mode);
    num(small.uid);
    ret(syscall(SYS_ftruncate, fd, 7));
    ret(syscall(SYS_ftruncate, fd, -1));
    ret(syscall(SYS_fallocate, fd, 0, LOW(0LL), LOW(8192LL)));
    ret(syscall(SYS_fstat, fd, &small));
    num(small.size);
    char *map = (char *)syscall(SYS_mmap2, NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 1);
    yes(map != MAP_FAILED && *map == 0);
    ret(syscall(SYS_mmap2, NULL, 4096, PROT_READ, MAP_PRIVATE, 99, 1) == -1 ? -1 : 0);
    ret(syscall(SYS_mmap2, NULL, 0xfffff000, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == -1 ? -1 : 0);
    struct { short type, whence; long start, length; int pid; } lock = {F_WRLCK, SEEK_SET, 5, 10, 0};
    ret(syscall(SYS_fcntl64, fd, F_GETFL) & O_ACCMODE);
    ret(syscall(SYS_fcntl64, fd, 6, &lock));
    ret(syscall(SYS_fcntl64, fd, 5, &lock));
    num(lock.type);
    struct statfs64_ { unsigned words[21]; } space;
    ret(syscall(SYS_statfs64, ".", sizeof space, &space));
#if !defined QEMU
    ret(syscall(SYS_statfs64, ".", 11, &space));
#endif
    ret(syscall(SYS_fstatfs64, fd, sizeof space, (void *)8));
    close(fd);
    ret(syscall(SYS__llseek, fd, 0L, 0L, &where, SEEK_SET));
}

static void limits_and_ids(void)
{
    struct { unsigned long soft, hard; } limit;
    ret(syscall(SYS_ugetrlimit, RLIMIT_FSIZE, &limit));
    yes(limit.soft == 0xffffffff && limit.hard == 0xffffffff);
    ret(syscall(SYS_setrlimit, RLIMIT_FSIZE, &limit));
    ret(syscall(SYS_ugetrlimit, 77, &limit));
    yes(syscall(SYS_getuid32) == getuid());
    yes(syscall(SYS_getuid) == getuid());
    unsigned short small[3] = {9, 9, 9};
    ret(syscall(SYS_getresuid, &small[0], &small[1], &small[2]));
    yes(small[0] == getuid() && small[2] == getuid());
    unsigned large[3];
    ret(syscall(SYS_getresuid32, &large[0], &large[1], &large[2]));
    yes(large[1] == geteuid());
    ret(syscall(SYS_setuid, 0xffff));
    ret(syscall(SYS_setreuid, 0xffff, 0xffff));
    ret(syscall(SYS_setuid32, 0x10000 + getuid()));
    int before = getpriority(PRIO_PROCESS, 0);
    yes(syscall(SYS_nice, 3) != -1);
    num(getpriority(PRIO_PROCESS, 0) - before);
}

static void times(void)
{
    struct { long seconds, rest; } small;
    struct { long long seconds; long rest, pad; } large = {0, 0, -1};
    ret(syscall(SYS_clock_gettime32, CLOCK_MONOTONIC, &small));
    yes(small.rest >= 0 && small.rest < 1000000000);
    ret(syscall(SYS_clock_gettime64, CLOCK_MONOTONIC, &large));
    yes(large.rest >= 0 && large.rest < 1000000000 && large.pad == 0);
    large.seconds = 0;
    large.rest = 1000;
    large.pad = -1;
    ret(syscall(SYS_clock_nanosleep_time64, CLOCK_MONOTONIC, 0, &large, NULL));
    large.rest = 1000000000;
    ret(syscall(SYS_clock_nanosleep_time64, CLOCK_MONOTONIC, 0, &large, NULL));
    small.seconds = 0;
    small.rest = 1000;
    ret(syscall(SYS_nanosleep, &small, NULL));
    struct timeval32 { long seconds, micros; } limit = {0, 10};
    ret(syscall(SYS__newselect, 0, NULL, NULL, NULL, &limit));
}

static void memory(void)
{
    ret(syscall(SYS_readahead, 99, PAIR(0LL), 10));
    ret(syscall(SYS_brk, 0) > 0 ? 0 : -1);
    int fd = open("sent", O_RDWR | O_CREAT, 0600), out = open("taken", O_RDWR | O_CREAT, 0600);
    write(fd, "0123456789", 10);
    long from = 2;
    long long wide = 4;
    ret(syscall(SYS_sendfile, out, fd, &from, 3));
    num(from);
    ret(syscall(SYS_sendfile64, out, fd, &wide, 3));
    num((int)wide);
}

#if defined __i386__
static void only_i386(void)
{
    int pair[2];
    ret(syscall(SYS_socketcall, 8, (long[]){AF_UNIX, SOCK_STREAM, 0, (long)pair}));
    ret(syscall(SYS_socketcall, 9, (long[]){pair[0], (long)"hello", 5, 0}));
    char text[8] = "";
    ret(syscall(SYS_socketcall, 10, (long[]){pair[1], (long)text, 8, 0}));
    str(text);
    ret(syscall(SYS_socketcall, 0, NULL));
    ret(syscall(SYS_socketcall, 77, NULL));
    ret(syscall(SYS_socketcall, 1, (void *)8));
    int shm = syscall(SYS_ipc, 23, IPC_PRIVATE, 4096, 0600 | IPC_CREAT, 0, 0);
    yes(shm >= 0);
    unsigned long address = 0;
    ret(syscall(SYS_ipc, 21, shm, 0, &address, 0, 0));
    yes(address != 0);
    *(int *)address = 5;
    ret(syscall(SYS_ipc, 22, 0, 0, 0, address, 0));
    ret(syscall(SYS_ipc, 24, shm, IPC_RMID | 0x100, 0, 0, 0));
    int sem = syscall(SYS_ipc, 2, IPC_PRIVATE, 1, 0600 | IPC_CREAT, 0, 0);
    struct sembuf up = {0, 3, 0};
    ret(syscall(SYS_ipc, 1, sem, 1, 0, &up, 0));
    long none = 0;
    ret(syscall(SYS_ipc, 3, sem, 0, GETVAL | 0x100, &none, 0));
    ret(syscall(SYS_ipc, 3, sem, 0, GETVAL | 0x100, NULL, 0));
    ret(syscall(SYS_ipc, 3, sem, 0, IPC_RMID | 0x100, &none, 0));
    ret(syscall(SYS_ipc, 99, 0, 0, 0, 0, 0));
    long words[6] = {0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0};
    long place = syscall(SYS_mmap, words);
    yes(place != -1);
    words[5] = 1;
    ret(syscall(SYS_mmap, words));
    ret(syscall(SYS_mmap, (void *)8));
    struct { long seconds, micros; } limit = {0, 10};
    long five[5] = {0, 0, 0, 0, (long)&limit};
    ret(syscall(SYS_select, five));
    ret(syscall(SYS_select, (void *)8));
    yes(syscall(SYS_time, NULL) > 1000000000);
    ret(syscall(SYS_stime, (long[]){5}));
    ret(syscall(SYS_stime, (void *)8));
    pid_t child = fork();
    if (!child)
        _exit(7);
    int status = 0;
    yes(syscall(SYS_waitpid, child, &status, 0) == child);
    num(WEXITSTATUS(status));
    char name[325];
    ret(syscall(SYS_olduname, name));
    str(name);
    ret(syscall(SYS_oldolduname, name));
    str(name);
    num(name[8]);
    yes(syscall(SYS_signal, SIGUSR1, SIG_IGN) == (long)SIG_DFL);
    yes(syscall(SYS_signal, SIGUSR1, SIG_DFL) == (long)SIG_IGN);
    ret(syscall(SYS_signal, SIGKILL, SIG_IGN));
    num(syscall(SYS_ssetmask, 4));
    num(syscall(SYS_sgetmask));
    num(syscall(SYS_ssetmask, 0));
    struct { unsigned entry, base, limit, flags; } desc = {-1, 0x1000, 0xfffff, 0x51}, told;
    ret(syscall(SYS_set_thread_area, &desc));
    told.entry = desc.entry;
    ret(syscall(SYS_get_thread_area, &told));
    num(told.base);
    num(told.limit);
    num(told.flags);
    desc.flags = 0x50;
    ret(syscall(SYS_set_thread_area, &desc));
    desc.entry = 3;
    ret(syscall(SYS_get_thread_area, &desc));
    ret(syscall(SYS_set_thread_area, 8));
    struct { unsigned long soft, hard; } limits;
    ret(syscall(SYS_getrlimit, RLIMIT_FSIZE, &limits));
    yes(limits.soft == 0x7fffffff);
    ret(syscall(SYS_modify_ldt, 0, NULL, 0));
    ret(syscall(SYS_fadvise64, 0, 0L, 0L, 0L, 77));
    ret(syscall(SYS_umount, "nowhere"));
    struct { unsigned long ino, position; unsigned short length; char name[256]; } entry;
    mkdir("d", 0700);
    int directory = open("d", O_RDONLY | O_DIRECTORY), found = 0;
    while (syscall(SYS_readdir, directory, &entry, 1) == 1)
        found += entry.length;
    num(found);
    ret(syscall(SYS_readdir, 99, &entry, 1));
}
#endif

#if defined __arm__
static void helpers(void)
{
    volatile int word = 1;
    volatile long long wide = 0x100000002LL;
    long long old = 0x100000002LL, new = 0x300000004LL;
    num(*(int *)0xffff0ffc);
    yes(((void *(*)(void))0xffff0fe0)() == __builtin_thread_pointer());
    num(((int (*)(int, int, volatile int *))0xffff0fc0)(1, 2, &word));
    num(word);
    yes(((int (*)(int, int, volatile int *))0xffff0fc0)(1, 3, &word) != 0);
    num(word);
    ((void (*)(void))0xffff0fa0)();
    num(((int (*)(long long *, long long *, volatile long long *))0xffff0f60)(&old, &new, &wide));
    yes(wide == new);
    yes(((int (*)(long long *, long long *, volatile long long *))0xffff0f60)(&old, &new, &wide) != 0);
}
#endif

int main(void)
{
    files();
    limits_and_ids();
    times();
    memory();
#if defined __i386__
    only_i386();
#else
    ret(syscall(SYS_arm_fadvise64_64, 99, 0, LOW(0LL), LOW(0LL)));
    ret(syscall(SYS_send, 99, "x", 1, 0));
    ret(syscall(0xf0002, main, (char *)main + 16, 0));
    helpers();
#endif
    return 0;
}
