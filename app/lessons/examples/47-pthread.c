// title: Two threads and a mutex
// about: pthread_create is mmap and clone. A mutex asks the kernel, by futex, only when somebody has to wait.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t lock =
    PTHREAD_MUTEX_INITIALIZER;
static int counter;

static void *work(void *name) {
    for (int i = 0; i < 3; i++) {
        pthread_mutex_lock(&lock);
        counter++;
        pthread_mutex_unlock(&lock);
    }
    return name;
}

int main(void) {
    pthread_t a, b;
    pthread_create(&a, NULL, work, "a");
    pthread_create(&b, NULL, work, "b");
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    printf("counter: %d\n", counter);
    return 0;
}
