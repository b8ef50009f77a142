/* pthreads: create, join, detach, mutexes of every kind, condition variables, barriers, once, thread-local data. */
#include "check.h"
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_barrier_t barrier;
static __thread int own = 5;
static int counter, once_ran, destroyed, turn;

static void *count(void *argument)
{
    for (int i = 0; i < 1000; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
    }
    own += (long)argument;
    return (void *)(long)own;
}

static void on_destroy(void *value)
{
    destroyed += (long)value;
}

static void run_once(void)
{
    once_ran++;
}

static void *with_key(void *argument)
{
    pthread_once(&once, run_once);
    pthread_setspecific(key, argument);
    return pthread_getspecific(key);
}

static void *take_turns(void *argument)
{
    int me = (long)argument;
    for (int i = 0; i < 3; i++) {
        pthread_mutex_lock(&mutex);
        while (turn % 3 != me)
            pthread_cond_wait(&condition, &mutex);
        say("turn %d of thread %d", turn, me);
        turn++;
        pthread_cond_broadcast(&condition);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void *meet(void *argument)
{
    return (void *)(long)(pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD);
}

static void *ids(void *argument)
{
    return (void *)(long)(getpid() == *(pid_t *)argument && syscall(SYS_gettid) != getpid());
}

static void *try_lock(void *argument)
{
    return (void *)(long)pthread_mutex_trylock(argument);
}

static void *exits(void *argument)
{
    pthread_exit((void *)77);
}

static void *stacked(void *argument)
{
    char block[100000];
    memset(block, 1, sizeof block);
    return (void *)(long)block[99999];
}

int main(void)
{
    pthread_t threads[8];
    void *result;
    for (long i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, count, (void *)i);
    for (int i = 0; i < 4; i++) {
        err(pthread_join(threads[i], &result));
        num((long)result);
    }
    num(counter);
    num(own);
    err(pthread_key_create(&key, on_destroy));
    for (long i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, with_key, (void *)(i + 1));
    long sum = 0;
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    num(sum);
    num(destroyed);
    num(once_ran);
    yes(pthread_getspecific(key) == NULL);
    for (long i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, take_turns, (void *)i);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    num(turn);
    err(pthread_barrier_init(&barrier, NULL, 4));
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, meet, NULL);
    sum = 0;
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    num(sum);
    pid_t pid = getpid();
    pthread_create(&threads[0], NULL, ids, &pid);
    pthread_join(threads[0], &result);
    num((long)result);
    pthread_create(&threads[0], NULL, exits, NULL);
    pthread_join(threads[0], &result);
    num((long)result);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    err(pthread_attr_setstacksize(&attributes, 1 << 20));
    err(pthread_create(&threads[0], &attributes, stacked, NULL));
    pthread_join(threads[0], &result);
    num((long)result);
    pthread_mutexattr_t kind;
    pthread_mutex_t checked, recursive;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&checked, &kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&recursive, &kind);
    err(pthread_mutex_lock(&checked));
    err(pthread_mutex_lock(&checked));
    err(pthread_mutex_trylock(&checked));
    pthread_create(&threads[0], NULL, try_lock, &checked);
    pthread_join(threads[0], &result);
    say("another thread: %s", error_name((long)result));
    err(pthread_mutex_unlock(&checked));
    err(pthread_mutex_unlock(&checked));
    err(pthread_mutex_lock(&recursive));
    err(pthread_mutex_lock(&recursive));
    err(pthread_mutex_unlock(&recursive));
    pthread_create(&threads[0], NULL, try_lock, &recursive);
    pthread_join(threads[0], &result);
    say("another thread: %s", error_name((long)result));
    err(pthread_mutex_unlock(&recursive));
    struct timespec when;
    clock_gettime(CLOCK_REALTIME, &when);
    when.tv_nsec += 5000000;
    if (when.tv_nsec >= 1000000000) {
        when.tv_sec++;
        when.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&mutex);
    err(pthread_cond_timedwait(&condition, &mutex, &when));
    pthread_mutex_unlock(&mutex);
    pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    err(pthread_rwlock_rdlock(&lock));
    err(pthread_rwlock_tryrdlock(&lock));
    err(pthread_rwlock_trywrlock(&lock));
    err(pthread_rwlock_unlock(&lock));
    err(pthread_rwlock_unlock(&lock));
    err(pthread_rwlock_trywrlock(&lock));
    pthread_spinlock_t spin;
    err(pthread_spin_init(&spin, 0));
    err(pthread_spin_lock(&spin));
    err(pthread_spin_trylock(&spin));
    yes(pthread_equal(pthread_self(), pthread_self()));
    return 0;
}
