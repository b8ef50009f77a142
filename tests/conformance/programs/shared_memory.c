/* Memory across fork: private copies, shared anonymous and file mappings, copy-on-write, brk, lazily touched pages. */
#include "check.h"
#include <sys/mman.h>

static int data = 1, bss;

int main(void)
{
    int status;
    int *shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int *private = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int *heap = malloc(sizeof *heap), local = 1;
    put_file("f", "0123456789");
    int fd = open("f", O_RDWR);
    char *file = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *copy = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    *shared = *private = *heap = 1;
    pid_t pid = fork();
    if (pid == 0) {
        *shared = *private = *heap = local = data = bss = 2;
        shared[1024] = 3;
        file[0] = 'A';
        copy[1] = 'B';
        say("in the child: %d %d %d %d %d %d %c %c", *shared, *private, *heap, local, data, bss, file[0], copy[1]);
        char *later = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        pid_t grandchild = fork();
        if (grandchild == 0) {
            later[0] = 7;
            shared[1] = 8;
            _exit(0);
        }
        waitpid(grandchild, NULL, 0);
        say("from the grandchild: %d %d", later[0], shared[1]);
        munmap(shared, 8192);
        _exit(0);
    }
    reap("child", pid);
    say("in the parent: %d %d %d %d %d %d %c %c", *shared, *private, *heap, local, data, bss, file[0], copy[1]);
    num(shared[1024]);
    num(shared[1]);
    show_file("f");
    /* The parent writes after the fork; the child keeps what was. */
    int go[2];
    char byte;
    pipe(go);
    pid = fork();
    if (pid == 0) {
        read(go[0], &byte, 1);
        say("the child still has: %d %d %d", *private, data, *heap);
        _exit(0);
    }
    *private = data = *heap = 9;
    write(go[1], "x", 1);
    reap("child", pid);
    /* A pipe reads into memory that fork shares. */
    pid = fork();
    if (pid == 0) {
        write(go[1], "\5\0\0\0", 4);
        read(go[0], private, 4);
        _exit(*private);
    }
    reap("read into a copied page", pid);
    num(*private);
    char *start = (char *)syscall(SYS_brk, 0);
    yes((char *)syscall(SYS_brk, start + 10000) == start + 10000);
    yes((char *)syscall(SYS_brk, 0) == start + 10000);
    start[9999] = 1;
    num(start[5000]);
    yes((char *)syscall(SYS_brk, start) == start);
    yes(syscall(SYS_brk, 0) == (long)start);
    yes(syscall(SYS_brk, 8) == (long)start);
    yes(syscall(SYS_brk, 1UL << 47) == (long)start);
    /* madvise in the child does not reach the parent's private page, but a shared one keeps its contents anyway. */
    *shared = 77;
    pid = fork();
    if (pid == 0) {
        madvise(private, 4096, MADV_DONTNEED);
        madvise(shared, 4096, MADV_DONTNEED);
        _exit(*private * 100 + *shared);
    }
    reap("after MADV_DONTNEED", pid);
    num(*private);
    char *dontfork = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ret(madvise(dontfork, 4096, MADV_DONTFORK));
    char *wiped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ret(madvise(wiped, 4096, MADV_WIPEONFORK));
    wiped[0] = 5;
    pid = fork();
    if (pid == 0) {
        say("wiped: %d", wiped[0]);
        *(volatile char *)dontfork;
        _exit(0);
    }
    reap("touches what was not forked", pid);
    /* process_vm_readv between parent and child. */
    pid = fork();
    if (pid == 0) {
        read(go[0], &byte, 1);
        _exit(0);
    }
    struct { void *base; size_t size; } mine = {&status, 4}, its = {&data, 4};
    status = 0;
    ret(syscall(SYS_process_vm_readv, pid, &mine, 1L, &its, 1L, 0L));
    num(status);
    ret(syscall(SYS_process_vm_readv, 1 << 22, &mine, 1L, &its, 1L, 0L));
    its.base = (void *)8;
    ret(syscall(SYS_process_vm_readv, pid, &mine, 1L, &its, 1L, 0L));
    write(go[1], "x", 1);
    reap("read from", pid);
    void *blocks[100];
    for (int i = 0; i < 100; i++)
        memset(blocks[i] = malloc(i * 500 + 1), i, i * 500 + 1);
    int sum = 0;
    for (int i = 0; i < 100; i++)
        sum += ((char *)blocks[i])[i * 500];
    num(sum);
    for (int i = 0; i < 100; i += 2)
        free(blocks[i]);
    char *big = calloc(1, 5000000);
    num(big[4999999]);
    big = realloc(big, 9000000);
    num(big[4999999]);
    return 0;
}
