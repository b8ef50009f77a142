/* Robust mutexes whose owner dies, within a process and across processes; PI and process-shared condition variables. */
#include "check.h"
#include <pthread.h>
#include <sys/mman.h>

struct shared {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
    int value;
};

static void *lock_and_leave(void *argument)
{
    pthread_mutex_lock(argument);
    return NULL;
}

int main(void)
{
    struct shared *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t kind;
    pthread_mutex_t mutex;
    pthread_t thread;
    pthread_mutexattr_init(&kind);
    err(pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST));
    err(pthread_mutex_init(&mutex, &kind));
    pthread_create(&thread, NULL, lock_and_leave, &mutex);
    pthread_join(thread, NULL);
    err(pthread_mutex_lock(&mutex));
    err(pthread_mutex_consistent(&mutex));
    err(pthread_mutex_consistent(&mutex));
    err(pthread_mutex_unlock(&mutex));
    err(pthread_mutex_lock(&mutex));
    err(pthread_mutex_unlock(&mutex));
    pthread_create(&thread, NULL, lock_and_leave, &mutex);
    pthread_join(thread, NULL);
    err(pthread_mutex_trylock(&mutex));
    err(pthread_mutex_unlock(&mutex));
    err(pthread_mutex_lock(&mutex));
    err(pthread_mutex_trylock(&mutex));
    err(pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED));
    err(pthread_mutex_init(&shared->mutex, &kind));
    pthread_condattr_t shared_condition;
    pthread_condattr_init(&shared_condition);
    err(pthread_condattr_setpshared(&shared_condition, PTHREAD_PROCESS_SHARED));
    err(pthread_cond_init(&shared->condition, &shared_condition));
    pid_t pid = fork();
    if (pid == 0) {
        pthread_mutex_lock(&shared->mutex);
        _exit(1);
    }
    reap("owner exits", pid);
    err(pthread_mutex_lock(&shared->mutex));
    err(pthread_mutex_consistent(&shared->mutex));
    err(pthread_mutex_unlock(&shared->mutex));
    pid = fork();
    if (pid == 0) {
        pthread_mutex_lock(&shared->mutex);
        raise(SIGKILL);
    }
    reap("owner is killed", pid);
    err(pthread_mutex_lock(&shared->mutex));
    err(pthread_mutex_consistent(&shared->mutex));
    pid = fork();
    if (pid == 0) {
        int error = pthread_mutex_lock(&shared->mutex);
        say("the waiter got it: %s", error ? error_name(error) : "0");
        shared->value = 1;
        pthread_cond_signal(&shared->condition);
        pthread_mutex_unlock(&shared->mutex);
        _exit(2);
    }
    while (!shared->value)
        err(pthread_cond_wait(&shared->condition, &shared->mutex));
    num(shared->value);
    err(pthread_mutex_unlock(&shared->mutex));
    reap("waiter", pid);
    pthread_mutexattr_t inherit;
    pthread_mutexattr_init(&inherit);
    err(pthread_mutexattr_setprotocol(&inherit, PTHREAD_PRIO_INHERIT));
    err(pthread_mutex_init(&mutex, &inherit));
    err(pthread_mutex_lock(&mutex));
    err(pthread_mutex_trylock(&mutex));
    err(pthread_mutex_unlock(&mutex));
    return 0;
}
