/* POSIX message queues, named and unnamed semaphores, shm_open. */
#include "check.h"
#include <mqueue.h>
#include <semaphore.h>
#include <sys/mman.h>

static volatile int notified;

static void on_message(int number, siginfo_t *info, void *context)
{
    notified = info->si_code;
}

int main(void)
{
    char name[64], buffer[64];
    unsigned priority = 0;
    snprintf(name, sizeof name, "/conformance-%d", getpid());
    struct mq_attr attributes = {.mq_maxmsg = 3, .mq_msgsize = 16}, now;
    ret(mq_open(name, O_RDWR));
    ret(mq_open("/a/b", O_RDWR | O_CREAT, 0600, &attributes));
    int queue = ok(mq_open(name, O_RDWR | O_CREAT | O_NONBLOCK, 0600, &attributes));
    ret(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes));
    ret(mq_getattr(queue, &now));
    say("flags %#lx maxmsg %ld msgsize %ld curmsgs %ld", now.mq_flags, now.mq_maxmsg, now.mq_msgsize, now.mq_curmsgs);
    ret(mq_receive(queue, buffer, 16, &priority));
    ret(mq_send(queue, "low", 3, 1));
    ret(mq_send(queue, "high", 4, 9));
    ret(mq_send(queue, "low2", 4, 1));
    ret(mq_send(queue, "full", 4, 1));
    ret(mq_send(queue, "a message too long", 18, 1));
    ret(mq_send(queue, "x", 1, 40000));
    ret(mq_receive(queue, buffer, 15, &priority));
    ret(mq_receive(queue, buffer, 16, &priority));
    num(priority);
    ret(mq_receive(queue, buffer, 16, &priority));
    mem(buffer, 3);
    mq_getattr(queue, &now);
    num(now.mq_curmsgs);
    ret(mq_receive(queue, buffer, 16, &priority));
    now.mq_flags = 0;
    ret(mq_setattr(queue, &now, NULL));
    struct timespec past = {1, 0};
    ret(mq_timedreceive(queue, buffer, 16, &priority, &past));
    past.tv_nsec = -1;
    ret(mq_timedreceive(queue, buffer, 16, &priority, &past));
    pid_t pid = fork();
    if (pid == 0) {
        mq_send(queue, "child", 5, 2);
        _exit(0);
    }
    ret(mq_receive(queue, buffer, 16, &priority));
    reap("sender", pid);
    struct sigaction action = {.sa_sigaction = on_message, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, NULL);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    ret(mq_notify(queue, &event));
    ret(mq_notify(queue, &event));
    mq_send(queue, "x", 1, 0);
    num(notified);
    ret(mq_unlink(name));
    ret(mq_unlink(name));
    ret(mq_receive(queue, buffer, 16, &priority));
    ret(mq_close(queue));
    ret(mq_getattr(queue, &now));
    attributes.mq_maxmsg = 0;
    ret(mq_open(name, O_RDWR | O_CREAT, 0600, &attributes));
    attributes.mq_maxmsg = 100000;
    ret(mq_open(name, O_RDWR | O_CREAT, 0600, &attributes));
    sem_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int value;
    ret(sem_init(shared, 1, 0));
    ret(sem_trywait(shared));
    pid = fork();
    if (pid == 0) {
        sem_wait(shared);
        _exit(6);
    }
    ret(sem_post(shared));
    reap("waiter", pid);
    ret(sem_getvalue(shared, &value));
    num(value);
    struct timespec when;
    clock_gettime(CLOCK_REALTIME, &when);
    ret(sem_timedwait(shared, &when));
    sem_t *named = sem_open(name, O_CREAT | O_EXCL, 0600, 2);
    yes(named != SEM_FAILED);
    yes(sem_open(name, O_CREAT | O_EXCL, 0600, 2) == SEM_FAILED);
    sem_t *same = sem_open(name, 0);
    ret(sem_wait(same));
    ret(sem_getvalue(named, &value));
    num(value);
    ret(sem_close(named));
    ret(sem_unlink(name));
    yes(sem_open(name, 0) == SEM_FAILED);
    ret(shm_open(name, O_RDWR, 0));
    int fd = ok(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600));
    ret(fcntl(fd, F_GETFD));
    ret(ftruncate(fd, 4096));
    char *one = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    int fd2 = ok(shm_open(name, O_RDONLY, 0));
    char *two = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd2, 0);
    strcpy(one, "in shared memory");
    str(two);
    yes(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd2, 0) == MAP_FAILED);
    pid = fork();
    if (pid == 0) {
        strcpy(one, "by the child");
        _exit(0);
    }
    reap("child", pid);
    str(two);
    ret(shm_unlink(name));
    ret(shm_unlink(name));
    str(one);
    return 0;
}
