/* alarm, setitimer, timer_create, nanosleep and clocks: remainders, intervals, overruns, each refusal. */
#include "check.h"
#include <sys/time.h>
#include <sys/times.h>

static volatile int fired, value, code;

static void on_alarm(int number, siginfo_t *info, void *context)
{
    fired++;
    value = info->si_value.sival_int;
    code = info->si_code;
}

static void wait_for(int times)
{
    while (fired < times)
        pause();
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_alarm, .sa_flags = SA_SIGINFO};
    struct itimerval interval = {{0, 2000}, {0, 2000}}, now, zero = {0};
    struct timespec tick = {0, 2 * MILLISECOND}, bad = {0, 1000000000}, remaining;
    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGRTMIN, &action, NULL);
    ret(alarm(0));
    ret(alarm(100));
    ret(alarm(50));
    ret(alarm(0));
    ret(alarm(0));
    ret(setitimer(ITIMER_REAL, &interval, NULL));
    wait_for(3);
    ret(getitimer(ITIMER_REAL, &now));
    yes(now.it_interval.tv_usec == 2000 && now.it_value.tv_usec <= 2000);
    ret(setitimer(ITIMER_REAL, &zero, &now));
    yes(now.it_interval.tv_usec == 2000);
    ret(getitimer(ITIMER_REAL, &now));
    num(now.it_value.tv_usec + now.it_interval.tv_usec);
    interval.it_value.tv_usec = 1000000;
    ret(setitimer(ITIMER_REAL, &interval, NULL));
    ret(setitimer(9, &zero, NULL));
    ret(getitimer(9, &now));
    interval.it_value.tv_usec = 500;
    interval.it_interval.tv_usec = 0;
    fired = 0;
    ret(setitimer(ITIMER_REAL, &interval, NULL));
    wait_for(1);
    ret(getitimer(ITIMER_REAL, &now));
    num(now.it_value.tv_usec);
    interval.it_value.tv_sec = 70;
    setitimer(ITIMER_REAL, &interval, NULL);
    yes(alarm(0) - 70 <= 1);
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaction(SIGVTALRM, &action, NULL);
    fired = 0;
    interval.it_value.tv_sec = 0;
    interval.it_value.tv_usec = 3000;
    ret(setitimer(ITIMER_VIRTUAL, &interval, NULL));
    while (!fired)
        ;
    num(fired);
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value.sival_int = 42};
    ret(timer_create(CLOCK_MONOTONIC, &event, &timer));
    struct itimerspec spec = {{0, 0}, {0, 2 * MILLISECOND}}, left;
    fired = 0;
    ret(timer_settime(timer, 0, &spec, NULL));
    ret(timer_gettime(timer, &left));
    yes(left.it_value.tv_nsec > 0 && left.it_value.tv_nsec <= 2 * MILLISECOND);
    wait_for(1);
    num(value);
    num(code);
    ret(timer_gettime(timer, &left));
    num(left.it_value.tv_nsec);
    ret(timer_getoverrun(timer));
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    spec.it_interval.tv_nsec = MILLISECOND;
    timer_settime(timer, 0, &spec, NULL);
    struct timespec ten = {0, 10 * MILLISECOND};
    nanosleep(&ten, NULL);
    siginfo_t info;
    ret(sigwaitinfo(&set, &info) == SIGRTMIN);
    num(info.si_code);
    yes(info.si_overrun >= 5);
    yes(timer_getoverrun(timer) == info.si_overrun);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    clock_gettime(CLOCK_MONOTONIC, &spec.it_value);
    spec.it_interval.tv_nsec = 0;
    fired = 0;
    ret(timer_settime(timer, TIMER_ABSTIME, &spec, NULL));
    wait_for(1);
    spec.it_value.tv_nsec = -1;
    ret(timer_settime(timer, 0, &spec, NULL));
    ret(timer_delete(timer));
    ret(syscall(SYS_timer_delete, 99));
    ret(syscall(SYS_timer_create, 99, &event, &timer));
    event.sigev_signo = 99;
    ret(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer));
    event.sigev_notify = SIGEV_NONE;
    event.sigev_signo = 0;
    ret(timer_create(CLOCK_REALTIME, &event, &timer));
    ret(timer_delete(timer));
    int64_t start = monotonic();
    ret(nanosleep(&tick, &remaining));
    yes(monotonic() - start >= 2 * MILLISECOND);
    ret(nanosleep(&bad, NULL));
    err(clock_nanosleep(CLOCK_MONOTONIC, 0, &tick, NULL));
    clock_gettime(CLOCK_MONOTONIC, &remaining);
    err(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &remaining, NULL));
    err(clock_nanosleep(99, 0, &tick, NULL));
    err(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &tick, NULL));
    ret(clock_getres(CLOCK_MONOTONIC, &remaining));
    num(remaining.tv_nsec);
    ret(clock_gettime(99, &remaining));
    ret(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &remaining));
    ret(clock_gettime(CLOCK_BOOTTIME, &remaining));
    struct tms used;
    yes(times(&used) != (clock_t)-1 && used.tms_cutime == 0);
    yes(time(NULL) > 1000000000);
    struct timeval day;
    ret(gettimeofday(&day, NULL));
    yes(day.tv_usec < 1000000);
    ret(sysconf(_SC_CLK_TCK));
    return 0;
}
