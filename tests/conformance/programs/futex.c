/* futex(2) by hand: wait, wake, bitsets, requeue, wake_op, timeouts, PI, and shared between processes. */
#include "check.h"
#include <pthread.h>
#include <sys/mman.h>

enum { WAIT, WAKE, FD, REQUEUE, CMP_REQUEUE, WAKE_OP, LOCK_PI, UNLOCK_PI, TRYLOCK_PI, WAIT_BITSET, WAKE_BITSET };
#define PRIVATE 128

static int words[4], done[4];

static long futex(int *word, int op, int value, const void *timeout, int *second, int third)
{
    return syscall(SYS_futex, word, op, value, timeout, second, third);
}

static void *sleeper(void *argument)
{
    long index = (long)argument;
    long result = futex(&words[0], WAIT | PRIVATE, 0, NULL, NULL, 0);
    __atomic_store_n(&done[index], result == 0 ? 1 : -errno, __ATOMIC_SEQ_CST);
    return NULL;
}

static void *bit_sleeper(void *argument)
{
    futex(&words[1], WAIT_BITSET | PRIVATE, 0, NULL, NULL, (long)argument);
    __atomic_fetch_or(&done[3], (long)argument, __ATOMIC_SEQ_CST);
    return NULL;
}

static void *pi_holder(void *argument)
{
    long result = futex(&words[2], LOCK_PI | PRIVATE, 0, NULL, NULL, 0);
    int mine = (words[2] & 0x3fffffff) == syscall(SYS_gettid);
    futex(&words[2], UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0);
    return (void *)(result == 0 && mine);
}

static void *pi_prober(void *argument)
{
    return (void *)(futex(&words[2], TRYLOCK_PI | PRIVATE, 0, NULL, NULL, 0) == -1 ? (long)errno : 0);
}

int main(void)
{
    struct timespec tick = {0, 2 * MILLISECOND}, bad = {0, 1000000000}, past = {-1, 0}, later;
    pthread_t threads[4];
    void *result;
    ret(futex(&words[0], WAKE, 1, NULL, NULL, 0));
    ret(futex(&words[0], WAIT, 1, NULL, NULL, 0));
    ret(futex(&words[0], WAIT, 0, &tick, NULL, 0));
    ret(futex(&words[0], WAIT, 0, &bad, NULL, 0));
    ret(futex(&words[0], WAIT, 0, &past, NULL, 0));
    ret(futex((int *)1, WAIT, 0, NULL, NULL, 0));
    ret(futex((int *)8, WAIT, 0, NULL, NULL, 0));
    ret(futex((int *)8, WAKE | PRIVATE, 1, NULL, NULL, 0));
    ret(futex((int *)((char *)words + 2), WAKE, 1, NULL, NULL, 0));
    ret(futex(&words[0], 77, 0, NULL, NULL, 0));
    ret(futex(&words[0], FD, 0, NULL, NULL, 0));
    ret(futex(&words[0], WAIT_BITSET, 0, &tick, NULL, 0));
    ret(futex(&words[0], WAKE_BITSET, 1, NULL, NULL, 0));
    clock_gettime(CLOCK_MONOTONIC, &later);
    ret(futex(&words[0], WAIT_BITSET, 0, &later, NULL, -1));
    clock_gettime(CLOCK_REALTIME, &later);
    ret(futex(&words[0], WAIT_BITSET | 256, 0, &later, NULL, -1));
    for (long i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, sleeper, (void *)i);
    /* Each wake takes one sleeper as soon as it sleeps. */
    for (int woken = 0; woken < 3;)
        woken += futex(&words[0], WAKE | PRIVATE, 1, NULL, NULL, 0);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    num(done[0] + done[1] + done[2]);
    for (long bit = 1; bit <= 4; bit <<= 1)
        pthread_create(&threads[bit / 2], NULL, bit_sleeper, (void *)bit);
    while (futex(&words[1], WAKE_BITSET | PRIVATE, 1, NULL, NULL, 2) == 0)
        usleep(100);
    pthread_join(threads[1], NULL);
    num(done[3]);
    for (int woken = 0; woken < 2;)
        woken += futex(&words[1], WAKE_BITSET | PRIVATE, 9, NULL, NULL, 5);
    pthread_join(threads[0], NULL);
    pthread_join(threads[2], NULL);
    num(done[3]);
    memset(done, 0, sizeof done);
    for (long i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, sleeper, (void *)i);
    int moved = 0, woken = 0;
    while (moved + woken < 3) {
        long got = futex(&words[0], CMP_REQUEUE | PRIVATE, 0, (void *)9, &words[3], 0);
        moved += got;
    }
    num(moved);
    ret(futex(&words[0], CMP_REQUEUE | PRIVATE, 0, (void *)9, &words[3], 1));
    ret(futex(&words[0], WAKE | PRIVATE, 9, NULL, NULL, 0));
    ret(futex(&words[3], REQUEUE | PRIVATE, 1, (void *)1, &words[0], 0));
    ret(futex(&words[0], WAKE | PRIVATE, 9, NULL, NULL, 0));
    ret(futex(&words[3], WAKE | PRIVATE, 9, NULL, NULL, 0));
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    /* Add 3 to words[3], wake at words[0], and at words[3] if it was 0. */
    ret(futex(&words[0], WAKE_OP | PRIVATE, 1, (void *)1, &words[3], 1 << 28 | 0 << 24 | 3 << 12 | 0));
    num(words[3]);
    ret(futex(&words[2], LOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    yes(words[2] == syscall(SYS_gettid));
    ret(futex(&words[2], LOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    ret(futex(&words[2], TRYLOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    pthread_create(&threads[0], NULL, pi_prober, NULL);
    pthread_join(threads[0], &result);
    say("another thread's trylock: %s", error_name((long)result));
    pthread_create(&threads[0], NULL, pi_holder, NULL);
    while (!(__atomic_load_n(&words[2], __ATOMIC_SEQ_CST) & 0x80000000))
        usleep(100);
    ret(futex(&words[2], UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    pthread_join(threads[0], &result);
    num((long)result);
    num(words[2]);
    ret(futex(&words[2], UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0));
    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = fork();
    if (pid == 0) {
        long got = futex(shared, WAIT, 0, NULL, NULL, 0);
        _exit(got == 0 ? 21 : 22);
    }
    while (futex(shared, WAKE, 1, NULL, NULL, 0) == 0)
        usleep(100);
    reap("woken by the parent", pid);
    ret(syscall(SYS_set_robust_list, &words, 7));
    ret(syscall(SYS_set_robust_list, NULL, 24));
    return 0;
}
