/* Threads that end in each way: cancelled, detached, exit_group from a thread, main thread leaves first, fork in one. */
#include "check.h"
#include <pthread.h>
#include <semaphore.h>

static sem_t ready, never;
static int cleaned, async_loops;

static void clean(void *argument)
{
    cleaned += (long)argument;
}

static void *waits(void *argument)
{
    pthread_cleanup_push(clean, (void *)1);
    pthread_cleanup_push(clean, (void *)10);
    sem_post(&ready);
    sem_wait(&never);
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return NULL;
}

static void *reads(void *argument)
{
    char byte;
    sem_post(&ready);
    read(*(int *)argument, &byte, 1);
    return NULL;
}

static void *refuses(void *argument)
{
    int old;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
    sem_post(&ready);
    usleep(5000);
    cleaned += 100;
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
    pthread_testcancel();
    cleaned += 1000;
    return NULL;
}

static void *spins(void *argument)
{
    int old;
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
    sem_post(&ready);
    for (volatile long i = 0;; i++)
        ;
    return NULL;
}

static void *detached(void *argument)
{
    pthread_detach(pthread_self());
    sem_post(&ready);
    return NULL;
}

static void *exits_all(void *argument)
{
    exit(33);
}

static void *outlives(void *argument)
{
    usleep(10000);
    say("the main thread has left");
    exit(44);
}

static void *forks(void *argument)
{
    pid_t pid = fork();
    if (pid == 0) {
        say("the child has one thread: %d", syscall(SYS_gettid) == getpid());
        _exit(12);
    }
    reap("forked in a thread", pid);
    return NULL;
}

static void *pauses(void *argument)
{
    sem_post(&ready);
    for (;;)
        pause();
}

static void join(const char *what, pthread_t thread)
{
    void *result;
    int error = pthread_join(thread, &result);
    say("%s: %s %s", what, error ? error_name(error) : "joined", result == PTHREAD_CANCELED ? "cancelled" : "returned");
}

int main(void)
{
    pthread_t thread;
    int pipes[2];
    pipe(pipes);
    sem_init(&ready, 0, 0);
    sem_init(&never, 0, 0);
    pthread_create(&thread, NULL, waits, NULL);
    sem_wait(&ready);
    err(pthread_cancel(thread));
    join("in sem_wait", thread);
    num(cleaned);
    pthread_create(&thread, NULL, reads, &pipes[0]);
    sem_wait(&ready);
    err(pthread_cancel(thread));
    join("in read", thread);
    pthread_create(&thread, NULL, refuses, NULL);
    sem_wait(&ready);
    err(pthread_cancel(thread));
    join("after a while", thread);
    num(cleaned);
    pthread_create(&thread, NULL, spins, NULL);
    sem_wait(&ready);
    err(pthread_cancel(thread));
    join("spinning", thread);
    pthread_create(&thread, NULL, detached, NULL);
    sem_wait(&ready);
    pthread_create(&thread, NULL, forks, NULL);
    join("forker", thread);
    pid_t pid = fork();
    if (pid == 0) {
        pthread_create(&thread, NULL, exits_all, NULL);
        pthread_join(thread, NULL);
        for (;;)
            pause();
    }
    reap("exit in a thread", pid);
    pid = fork();
    if (pid == 0) {
        pthread_create(&thread, NULL, outlives, NULL);
        pthread_exit(NULL);
    }
    reap("main thread first", pid);
    pid = fork();
    if (pid == 0) {
        pthread_create(&thread, NULL, pauses, NULL);
        sem_wait(&ready);
        pthread_kill(thread, SIGTERM);
        for (;;)
            pause();
    }
    reap("a signal to one ends all", pid);
    pid = fork();
    if (pid == 0) {
        pthread_create(&thread, NULL, pauses, NULL);
        sem_wait(&ready);
        execl("/proc/self/exe", "x", NULL);
        _exit(1);
    }
    kill(pid, SIGKILL);
    reap("killed", pid);
    pid = fork();
    if (pid == 0) {
        pthread_create(&thread, NULL, pauses, NULL);
        sem_wait(&ready);
        syscall(SYS_exit, 5);
    }
    usleep(5000);
    int status;
    ret(waitpid(pid, &status, WNOHANG));
    kill(pid, SIGUSR1);
    reap("leader left, then killed", pid);
    return 0;
}
