/* timerfd: expirations, intervals, absolute times, blocking and nonblocking reads. */
#include "check.h"
#include <poll.h>
#include <sys/timerfd.h>

int main(void)
{
    uint64_t count = 0;
    struct itimerspec spec = {{0, 0}, {0, 2 * MILLISECOND}}, old;
    int fd = ok(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    ret(fcntl(fd, F_GETFD));
    ret(fcntl(fd, F_GETFL));
    ret(read(fd, &count, 8));
    ret(timerfd_gettime(fd, &old));
    num(old.it_value.tv_nsec);
    ret(timerfd_settime(fd, 0, &spec, &old));
    ret(read(fd, &count, 8));
    struct pollfd wanted = {fd, POLLIN, 0};
    ret(poll(&wanted, 1, 1000));
    num(wanted.revents);
    ret(read(fd, &count, 7));
    ret(read(fd, &count, 8));
    num(count);
    ret(read(fd, &count, 8));
    ret(poll(&wanted, 1, 0));
    ret(timerfd_gettime(fd, &old));
    num(old.it_value.tv_nsec);
    spec.it_interval.tv_nsec = 2 * MILLISECOND;
    ret(timerfd_settime(fd, 0, &spec, NULL));
    struct timespec nap = {0, 11 * MILLISECOND};
    nanosleep(&nap, NULL);
    ret(read(fd, &count, 8));
    yes(count >= 5);
    ret(timerfd_gettime(fd, &old));
    num(old.it_interval.tv_nsec);
    yes(old.it_value.tv_nsec <= 2 * MILLISECOND);
    memset(&spec, 0, sizeof spec);
    ret(timerfd_settime(fd, 0, &spec, &old));
    num(old.it_interval.tv_nsec);
    ret(read(fd, &count, 8));
    ret(write(fd, &count, 8));
    ret(lseek(fd, 0, SEEK_SET));
    close(fd);
    fd = timerfd_create(CLOCK_REALTIME, 0);
    clock_gettime(CLOCK_REALTIME, &spec.it_value);
    ret(timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, NULL));
    ret(read(fd, &count, 8));
    num(count);
    spec.it_value.tv_sec = 0;
    spec.it_value.tv_nsec = 3 * MILLISECOND;
    int64_t start = monotonic();
    ret(timerfd_settime(fd, 0, &spec, NULL));
    ret(read(fd, &count, 8));
    yes(monotonic() - start >= 3 * MILLISECOND);
    spec.it_value.tv_nsec = 1000000000;
    ret(timerfd_settime(fd, 0, &spec, NULL));
    ret(timerfd_settime(fd, 8, &spec, NULL));
    ret(timerfd_settime(999, 0, &spec, NULL));
    spec.it_value.tv_nsec = 1;
    ret(timerfd_settime(0, 0, &spec, NULL));
    ret(timerfd_gettime(0, &spec));
    ret(timerfd_create(99, 0));
    ret(timerfd_create(CLOCK_MONOTONIC, 7));
    ret(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
    return 0;
}
