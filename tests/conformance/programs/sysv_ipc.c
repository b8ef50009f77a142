/* System V shared memory, semaphores and message queues. */
#include "check.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

struct text {
    long type;
    char data[64];
};

static int send(int queue, long type, const char *data)
{
    struct text message = {type};
    strcpy(message.data, data);
    return msgsnd(queue, &message, strlen(data), IPC_NOWAIT);
}

static void take(int queue, long type, int flags)
{
    struct text message;
    ssize_t got = msgrcv(queue, &message, 5, type, flags | IPC_NOWAIT);
    if (got < 0)
        say("take %ld: %s", type, error_name(errno));
    else
        say("take %ld: type %ld \"%s\"", type, message.type, escaped(message.data, got));
}

static int operate(int set, int number, int by, int flags)
{
    struct sembuf operation = {number, by, flags};
    return semop(set, &operation, 1);
}

int main(void)
{
    int shm = ok(shmget(IPC_PRIVATE, 5000, IPC_CREAT | 0600));
    struct shmid_ds segment;
    ret(shmctl(shm, IPC_STAT, &segment));
    num(segment.shm_segsz);
    num(segment.shm_nattch);
    num(segment.shm_perm.mode);
    char *at = shmat(shm, NULL, 0);
    yes(at != (void *)-1 && (long)at % 4096 == 0);
    char *again = shmat(shm, NULL, SHM_RDONLY);
    strcpy(at, "shared");
    str(again);
    shmctl(shm, IPC_STAT, &segment);
    num(segment.shm_nattch);
    pid_t pid = fork();
    if (pid == 0) {
        shmctl(shm, IPC_STAT, &segment);
        strcpy(at, "by the child");
        _exit(segment.shm_nattch);
    }
    reap("attached in the child", pid);
    str(again);
    ret(shmdt(again));
    ret(shmdt(again));
    ret(shmctl(shm, IPC_RMID, NULL));
    str(at);
    shmctl(shm, IPC_STAT, &segment);
    num(segment.shm_perm.mode);
    ret(shmdt(at));
    ret(shmctl(shm, IPC_STAT, &segment));
    yes(shmat(shm, NULL, 0) == (void *)-1);
    ret(shmget(IPC_PRIVATE, 0, IPC_CREAT | 0600));
    key_t key = 0x54470000 + getpid();
    ret(shmget(key, 100, 0600));
    shm = ok(shmget(key, 100, IPC_CREAT | IPC_EXCL | 0600));
    ret(shmget(key, 100, IPC_CREAT | IPC_EXCL | 0600));
    yes(shmget(key, 50, 0) == shm);
    ret(shmget(key, 9000, 0));
    ret(shmctl(shm, IPC_RMID, NULL));
    ret(shmctl(shm, 99, NULL));
    int set = ok(semget(IPC_PRIVATE, 3, IPC_CREAT | 0600));
    unsigned short values[3] = {1, 2, 3};
    ret(semctl(set, 0, SETALL, values));
    ret(semctl(set, 1, GETVAL));
    ret(semctl(set, 1, SETVAL, 5));
    ret(semctl(set, 0, GETALL, values));
    say("%d %d %d", values[0], values[1], values[2]);
    ret(semctl(set, 3, GETVAL));
    ret(semctl(set, 0, SETVAL, -1));
    ret(semctl(set, 0, SETVAL, 40000));
    ret(operate(set, 0, -1, 0));
    ret(operate(set, 0, -1, IPC_NOWAIT));
    ret(operate(set, 0, 0, IPC_NOWAIT));
    ret(operate(set, 1, 0, IPC_NOWAIT));
    ret(operate(set, 9, 1, 0));
    ret(operate(set, 0, 32768 - 1, 0));
    ret(operate(set, 0, 1, 0));
    ret(semctl(set, 0, SETVAL, 0));
    struct sembuf both[2] = {{0, 1, 0}, {1, -9, IPC_NOWAIT}};
    ret(semop(set, both, 2));
    ret(semctl(set, 0, GETVAL));
    ret(semop(set, both, 0));
    ret(semop(set, both, 1000));
    struct timespec tick = {0, 2 * MILLISECOND};
    both[0].sem_op = -1;
    ret(semtimedop(set, both, 1, &tick));
    pid = fork();
    if (pid == 0) {
        operate(set, 1, 10, SEM_UNDO);
        operate(set, 0, -1, 0);
        _exit(semctl(set, 1, GETVAL));
    }
    while (semctl(set, 0, GETNCNT) == 0)
        usleep(100);
    ret(semctl(set, 1, GETVAL));
    ret(operate(set, 0, 1, 0));
    reap("waiter", pid);
    ret(semctl(set, 1, GETVAL));
    yes(semctl(set, 0, GETPID) == pid);
    ret(semctl(set, 0, GETZCNT));
    pid = fork();
    if (pid == 0) {
        ret(operate(set, 0, -1, 0));
        _exit(0);
    }
    while (semctl(set, 0, GETNCNT) == 0)
        usleep(100);
    semctl(set, 0, IPC_RMID);
    reap("removed under it", pid);
    ret(operate(set, 0, 1, 0));
    int queue = ok(msgget(IPC_PRIVATE, IPC_CREAT | 0600));
    ret(send(queue, 3, "three"));
    ret(send(queue, 1, "one"));
    ret(send(queue, 2, "two"));
    ret(send(queue, 3, "third"));
    ret(send(queue, 5, "a long one"));
    ret(send(queue, 0, "x"));
    struct msqid_ds info;
    ret(msgctl(queue, IPC_STAT, &info));
    num(info.msg_qnum);
    num(info.msg_qbytes);
    take(queue, 0, 0);
    take(queue, 3, 0);
    take(queue, -2, 0);
    take(queue, 7, 0);
    take(queue, 5, 0);
    take(queue, 5, MSG_NOERROR);
    take(queue, 2, MSG_EXCEPT);
    take(queue, 0, 0);
    take(queue, 0, 0);
    pid = fork();
    if (pid == 0) {
        send(queue, 9, "late");
        _exit(0);
    }
    struct text message;
    ret(msgrcv(queue, &message, 64, 0, 0));
    num(message.type);
    reap("sender", pid);
    int count = 0;
    char block[64];
    memset(block, 'x', 63);
    block[63] = 0;
    while (send(queue, 1, block) == 0)
        count++;
    num(count);
    ret(send(queue, 1, block));
    ret(msgsnd(queue, &message, 10000, IPC_NOWAIT));
    ret(msgctl(queue, IPC_RMID, NULL));
    ret(send(queue, 1, "x"));
    ret(msgget(key, 0600));
    return 0;
}
