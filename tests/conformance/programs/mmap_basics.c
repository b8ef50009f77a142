/* mmap, munmap, mprotect, mremap, madvise, mincore, mlock, msync: flags, refusals, what memory holds. */
#include "check.h"
#include <sys/mman.h>

#define PAGE 4096

static char *map(void *where, size_t size, int prot, int flags)
{
    return mmap(where, size, prot, flags | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Whether a read of the address works, found out by a system call. */
static int readable(const void *address)
{
    int p[2];
    pipe(p);
    int got = write(p[1], address, 1);
    close(p[0]);
    close(p[1]);
    return got == 1;
}

static void outcome(const char *what, void *result)
{
    say("%s: %s", what, result == MAP_FAILED ? error_name(errno) : "mapped");
}

int main(void)
{
    unsigned char present[8];
    char *p = map(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, 0);
    yes((long)p % PAGE == 0 && p[0] == 0 && p[4 * PAGE - 1] == 0);
    p[PAGE] = 'x';
    ret(munmap(p + PAGE, PAGE));
    num(readable(p));
    num(readable(p + PAGE));
    num(readable(p + 2 * PAGE));
    ret(munmap(p + PAGE, PAGE));
    ret(munmap(p + 1, PAGE));
    ret(munmap(p, 0));
    yes(map(p + PAGE, PAGE, PROT_READ, MAP_FIXED_NOREPLACE) == p + PAGE);
    outcome("over something", map(p, PAGE, PROT_READ, MAP_FIXED_NOREPLACE));
    yes(map(p, PAGE, PROT_READ | PROT_WRITE, MAP_FIXED) == p);
    num(p[0]);
    outcome("no size", map(NULL, 0, PROT_READ, 0));
    outcome("odd fixed address", map(p + 1, PAGE, PROT_READ, MAP_FIXED));
    outcome("huge", map(NULL, 1UL << 47, PROT_READ, 0));
    outcome("too huge", map(NULL, -PAGE, PROT_READ, 0));
    outcome("beyond user memory", map((void *)(1UL << 47), PAGE, PROT_READ, MAP_FIXED));
    outcome("neither shared nor private", mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0));
    outcome("no descriptor", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 999, 0));
    put_file("f", "file contents");
    int fd = open("f", O_RDONLY), writer = open("f", O_WRONLY), both = open("f", O_RDWR), dir = open(".", O_RDONLY);
    outcome("odd offset", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 1));
    outcome("a directory", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, dir, 0));
    outcome("write-only", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, writer, 0));
    outcome("shared writable, read-only file", mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    char *private = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    str(private);
    private[0] = 'F';
    char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, both, 0);
    shared[1] = 'I';
    show_file("f");
    mem(private, 4);
    num(shared[13]);
    ret(pwrite(both, "L", 1, 2));
    num(shared[2]);
    ret(msync(shared, PAGE, MS_SYNC));
    ret(msync(shared, PAGE, MS_ASYNC | MS_SYNC));
    ret(msync(shared + 1, PAGE, MS_SYNC));
    ret(msync(shared, PAGE, 0x80));
    close(both);
    shared[3] = 'E';
    show_file("f");
    ret(mprotect(p, PAGE, PROT_READ));
    ret(read(fd, p, 1));
    ret(mprotect(p, PAGE, PROT_READ | PROT_WRITE));
    ret(read(fd, p, 1));
    char *holed = map(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, 0);
    munmap(holed + 2 * PAGE, PAGE);
    ret(mprotect(holed, 4 * PAGE, PROT_READ));
    ret(read(fd, holed, 1));
    ret(read(fd, holed + 3 * PAGE, 1));
    ret(mprotect(p + 1, PAGE, PROT_READ));
    ret(mprotect(p, 0, PROT_READ));
    ret(mprotect(p, PAGE, 0x100));
    char *readonly = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    ret(mprotect(readonly, PAGE, PROT_READ | PROT_WRITE));
    char *q = map(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, 0);
    strcpy(q, "moved along");
    strcpy(q + 3 * PAGE, "end");
    char *grown = mremap(q, 4 * PAGE, 64 * PAGE, MREMAP_MAYMOVE);
    yes(grown != MAP_FAILED);
    str(grown);
    str(grown + 3 * PAGE);
    num(grown[63 * PAGE]);
    yes(mremap(grown, 64 * PAGE, 2 * PAGE, 0) == grown);
    num(readable(grown + 2 * PAGE));
    char *target = map(NULL, 2 * PAGE, PROT_NONE, 0);
    yes(mremap(grown, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target) == target);
    str(target);
    num(readable(grown));
    outcome("mremap of nothing", mremap(grown, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
    outcome("mremap, odd address", mremap(target + 1, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
    outcome("mremap to no size", mremap(target, PAGE, 0, MREMAP_MAYMOVE));
    outcome("mremap, bad flag", mremap(target, PAGE, PAGE, 64));
    outcome("mremap, fixed alone", mremap(target, PAGE, PAGE, MREMAP_FIXED, p));
    char *fresh = map(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, 0);
    fresh[0] = fresh[2 * PAGE] = 1;
    ret(mincore(fresh, 4 * PAGE, present));
    say("%d%d%d%d", present[0] & 1, present[1] & 1, present[2] & 1, present[3] & 1);
    ret(madvise(fresh, PAGE, MADV_DONTNEED));
    num(fresh[0]);
    num(fresh[2 * PAGE]);
    ret(madvise(fresh + 1, PAGE, MADV_DONTNEED));
    ret(madvise(fresh, PAGE, 999));
    ret(madvise(fresh, PAGE, MADV_WILLNEED));
    ret(mincore(fresh + 1, PAGE, present));
    ret(mincore(fresh, PAGE, (void *)8));
    munmap(fresh + PAGE, PAGE);
    ret(mincore(fresh, 4 * PAGE, present));
    ret(madvise(fresh, 4 * PAGE, MADV_DONTNEED));
    ret(mlock(fresh, PAGE));
    ret(munlock(fresh, PAGE));
    ret(mlock(fresh, 4 * PAGE));
    char *populated = map(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_POPULATE);
    ret(mincore(populated, 4 * PAGE, present));
    say("%d%d%d%d", present[0] & 1, present[1] & 1, present[2] & 1, present[3] & 1);
    return 0;
}
