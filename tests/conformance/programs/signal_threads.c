/* Signals and threads: who acts on a signal of the process, group stops, fatal signals, children that nobody wants. */
#include "check.h"
#include <pthread.h>

static pthread_t main_thread;
static volatile int count;
static sigset_t first, second;

static void handler(int number)
{
    say("handler of %d, in the main thread: %d", number, pthread_equal(pthread_self(), main_thread) != 0);
    count++;
}

static void *wait_twice(void *unused)
{
    int number;
    for (int i = 0; i < 2; i++) {
        sigwait(&first, &number);
        say("sigwait: %d", number);
    }
    return NULL;
}

static void *sleep_twice(void *unused)
{
    pause();
    say("pause: %s", error_name(errno));
    pause();
    return NULL;
}

static void *fault(void *unused)
{
    *(volatile int *)0 = 1;
    return NULL;
}

static void *sleep_on(void *unused)
{
    for (;;)
        pause();
}

static int wait_for(pid_t pid, int options)
{
    int status = 0;
    while (waitpid(pid, &status, options) < 0 && errno == EINTR)
        ;
    return status;
}

int main(void)
{
    pthread_t thread, sleeper;
    struct sigaction action = {.sa_handler = handler};
    main_thread = pthread_self();
    sigemptyset(&first);
    sigaddset(&first, SIGUSR1);
    sigemptyset(&second);
    sigaddset(&second, SIGUSR2);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &action, NULL);
    pthread_create(&sleeper, NULL, sleep_twice, NULL);
    usleep(20000);
    pthread_sigmask(SIG_BLOCK, &second, NULL);
    kill(getpid(), SIGUSR2);
    usleep(20000);
    num(count);
    pthread_kill(sleeper, SIGUSR2);
    usleep(20000);
    num(count);
    pthread_sigmask(SIG_UNBLOCK, &second, NULL);
    pthread_sigmask(SIG_BLOCK, &first, NULL);
    pthread_create(&thread, NULL, wait_twice, NULL);
    usleep(20000);
    pthread_kill(thread, SIGUSR1);
    usleep(20000);
    pthread_kill(thread, SIGUSR1);
    pthread_join(thread, NULL);

    pid_t pid = fork();
    if (pid == 0) {
        pthread_create(&thread, NULL, fault, NULL);
        sleep_on(NULL);
    }
    num(wait_for(pid, 0));
    pid = fork();
    if (pid == 0) {
        pthread_create(&thread, NULL, sleep_on, NULL);
        sleep_on(NULL);
    }
    usleep(20000);
    kill(pid, SIGSTOP);
    num(wait_for(pid, WUNTRACED));
    kill(pid, SIGCONT);
    num(wait_for(pid, WCONTINUED));
    kill(pid, SIGSTOP);
    num(wait_for(pid, WUNTRACED));
    kill(pid, SIGTERM);
    num(wait_for(pid, WNOHANG));
    kill(pid, SIGKILL);
    num(wait_for(pid, 0));
    pid = fork();
    if (pid == 0) {
        if (vfork() == 0) {
            usleep(200000);
            _exit(0);
        }
        _exit(3);
    }
    usleep(20000);
    kill(pid, SIGTERM);
    num(wait_for(pid, 0));

    signal(SIGCHLD, SIG_IGN);
    if (fork() == 0)
        _exit(1);
    ret(wait(NULL));
    action.sa_flags = SA_NOCLDWAIT | SA_RESTART;
    sigaction(SIGCHLD, &action, NULL);
    count = 0;
    if (fork() == 0)
        _exit(1);
    ret(wait(NULL));
    num(count);
    action.sa_flags = SA_NOCLDSTOP | SA_RESTART;
    sigaction(SIGCHLD, &action, NULL);
    pid = fork();
    if (pid == 0) {
        raise(SIGSTOP);
        _exit(4);
    }
    num(wait_for(pid, WUNTRACED));
    num(count);
    kill(pid, SIGCONT);
    num(wait_for(pid, 0));
    num(count);
    return 0;
}
