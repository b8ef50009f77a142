/* uname, sysinfo, getrandom, getrusage, times, sysconf: what holds on every system. */
#include "check.h"
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/utsname.h>

int main(void)
{
    struct utsname name;
    ret(uname(&name));
    str(name.sysname);
    str(name.machine);
    yes(name.release[0] >= '3' && strchr(name.release, '.') != NULL);
    yes(strlen(name.nodename) > 0 && strlen(name.version) > 0);
    ret(syscall(SYS_uname, 8));
    char host[65];
    ret(gethostname(host, sizeof host));
    yes(!strcmp(host, name.nodename));
    struct sysinfo info;
    ret(sysinfo(&info));
    yes(info.totalram > 0 && info.freeram <= info.totalram && info.mem_unit > 0);
    yes(info.uptime > 0 && info.procs > 0);
    ret(syscall(SYS_sysinfo, 8));
    unsigned char one[32] = "", two[32] = "";
    ret(getrandom(one, 32, 0));
    ret(getrandom(two, 32, GRND_NONBLOCK));
    yes(memcmp(one, two, 32) != 0);
    ret(getrandom(one, 0, 0));
    ret(syscall(SYS_getrandom, one, 8L, 0x80));
    ret(syscall(SYS_getrandom, one, 8L, 6));
    ret(syscall(SYS_getrandom, 8, 8L, 0));
    static char large[1000];
    ret(getrandom(large, sizeof large, GRND_RANDOM));
    struct rusage usage;
    ret(getrusage(RUSAGE_SELF, &usage));
    yes(usage.ru_maxrss > 0 && usage.ru_utime.tv_usec < 1000000);
    ret(getrusage(RUSAGE_CHILDREN, &usage));
    num(usage.ru_maxrss);
    ret(getrusage(RUSAGE_THREAD, &usage));
    ret(getrusage(99, &usage));
    ret(syscall(SYS_getrusage, RUSAGE_SELF, 8));
    struct tms before, after;
    clock_t start = times(&before);
    for (volatile long i = 0; i < 3000000; i++)
        ;
    clock_t end = times(&after);
    yes(end >= start && after.tms_utime >= before.tms_utime);
    ret(syscall(SYS_times, 8));
    pid_t pid = fork();
    if (pid == 0) {
        for (volatile long i = 0; i < 1000000; i++)
            ;
        _exit(0);
    }
    reap("child", pid);
    ret(sysconf(_SC_PAGESIZE));
    ret(sysconf(_SC_OPEN_MAX));
    yes(sysconf(_SC_NPROCESSORS_ONLN) >= 1);
    yes(sysconf(_SC_PHYS_PAGES) > 0);
    ret(syscall(9999));
    ret(syscall(-1));
    ret(syscall(SYS_io_uring_setup, 0, 0) == -1 && (errno == EINVAL || errno == ENOSYS || errno == EFAULT || errno == EPERM));
    yes(getpid() > 1 && getppid() >= 1 && syscall(SYS_gettid) == getpid());
    return 0;
}
