/* getrlimit, setrlimit, prlimit: values, order of checks, and what the limits do. */
#include "check.h"
#include <sys/mman.h>
#include <sys/resource.h>

static int set(int resource, rlim_t soft, rlim_t hard)
{
    struct rlimit limit = {soft, hard};
    return setrlimit(resource, &limit);
}

static int got;

static void on_signal(int number)
{
    got = number;
}

int main(void)
{
    struct rlimit limit;
    char block[100] = "";
    ret(getrlimit(RLIMIT_CORE, &limit));
    num(limit.rlim_cur);
    ret(getrlimit(RLIMIT_STACK, &limit));
    num(limit.rlim_cur);
    ret(getrlimit(99, &limit));
#ifdef SYS_getrlimit
    ret(syscall(SYS_getrlimit, RLIMIT_CORE, 8));
#endif
    ret(set(99, 1, 1));
    ret(set(RLIMIT_FSIZE, 20, 10));
    ret(set(RLIMIT_NOFILE, 100, 1 << 30));
    getrlimit(RLIMIT_NOFILE, &limit);
    num(limit.rlim_cur);
    ret(set(RLIMIT_FSIZE, 50, 60));
    getrlimit(RLIMIT_FSIZE, &limit);
    num(limit.rlim_cur);
    num(limit.rlim_max);
    ret(set(RLIMIT_FSIZE, 50, 70));
    ret(set(RLIMIT_FSIZE, 60, 60));
    ret(set(RLIMIT_FSIZE, 61, 60));
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open("f", O_RDWR | O_CREAT, 0644);
        signal(SIGXFSZ, on_signal);
        ret(write(fd, block, 100));
        num(got);
        ret(write(fd, block, 1));
        num(got);
        got = 0;
        ret(ftruncate(fd, 61));
        num(got);
        ret(pwrite(fd, block, 100, 59));
        ret(fallocate(fd, 0, 0, 100));
        signal(SIGXFSZ, SIG_DFL);
        write(fd, block, 1);
        _exit(0);
    }
    reap("too large a file", pid);
    ret(syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, NULL, &limit));
    num(limit.rlim_cur);
    ret(syscall(SYS_prlimit64, getpid(), RLIMIT_FSIZE, NULL, NULL));
    ret(syscall(SYS_prlimit64, 1 << 22, RLIMIT_FSIZE, NULL, &limit));
    ret(syscall(SYS_prlimit64, 1, RLIMIT_FSIZE, NULL, &limit));
    ret(syscall(SYS_prlimit64, 0, 99, NULL, &limit));
    pid = fork();
    if (pid == 0) {
        set(RLIMIT_AS, 64 << 20, 64 << 20);
        yes(mmap(NULL, 128 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
        num(errno == ENOMEM);
        yes(mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
        set(RLIMIT_DATA, 8 << 20, 8 << 20);
        yes(sbrk(16 << 20) == (void *)-1);
        _exit(0);
    }
    reap("too little memory", pid);
    set(RLIMIT_NOFILE, 3, 3);
    ret(dup(0));
    ret(getpriority(PRIO_PROCESS, 0));
    ret(setpriority(PRIO_PROCESS, 0, 5));
    ret(getpriority(PRIO_PROCESS, 0));
    ret(setpriority(PRIO_PROCESS, 0, 0));
    ret(setpriority(PRIO_PROCESS, 0, 100));
    ret(getpriority(PRIO_PROCESS, 0));
    ret(getpriority(9, 0));
    ret(getpriority(PRIO_PROCESS, 1 << 22));
    ret(setpriority(PRIO_PROCESS, 1, 5));
    return 0;
}
