/* How regions are cut and joined, as /proc/self/maps shows them: what mmap, mprotect, mremap, madvise and mlock leave. */
#include "check.h"
#include <sys/mman.h>
#include <sys/shm.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif
#define PAGE 4096UL
#define AT 0x20000000UL
#define END 0x21000000UL
#define RW (PROT_READ | PROT_WRITE)
#define HERE (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

static char *page(int number) { return (char *)(AT + number * PAGE); }

static void map(int first, int count, int prot, int flags) { mmap(page(first), count * PAGE, prot, flags, -1, 0); }

/* The regions of the window: pages, permissions, offset, the last part of the name. */
static void show(const char *what)
{
    char line[512], *name;
    unsigned long start, end, offset;
    char perms[8];
    FILE *maps = fopen("/proc/self/maps", "r");
    say("%s:", what);
    while (fgets(line, sizeof line, maps)) {
        sscanf(line, "%lx-%lx %7s %lx", &start, &end, perms, &offset);
        if (start < AT || start >= END)
            continue;
        name = strrchr(line, '/');
        if (name != NULL)
            name[strcspn(name, "\n")] = 0;
        say("  %ld-%ld %s %lx %s", (start - AT) / PAGE, (end - AT) / PAGE, perms, offset, name ? name : "");
    }
    fclose(maps);
}

static void clear(void) { munmap((void *)AT, END - AT); }

int main(void)
{
    map(0, 2, RW, HERE);
    map(2, 2, RW, HERE);
    show("neighbours");
    mprotect(page(1), PAGE, PROT_READ);
    show("a hole of other permissions");
    mprotect(page(1), PAGE, RW);
    show("closed again");
    munmap(page(1), PAGE);
    map(1, 1, RW, HERE);
    show("cut and filled");
    map(4, 1, PROT_READ, HERE);
    mprotect(page(4), PAGE, RW);
    show("made alike, untouched");
    map(5, 1, PROT_READ, HERE);
    *(volatile char *)page(5);
    mprotect(page(5), PAGE, RW);
    show("made alike after a read");
    map(6, 1, RW, HERE | MAP_NORESERVE);
    map(7, 1, RW, HERE | MAP_STACK);
    map(8, 1, RW, HERE | MAP_GROWSDOWN);
    show("other kinds");
    clear();

    map(0, 1, PROT_READ, HERE);
    map(1, 1, RW, HERE);
    mprotect(page(1), PAGE, PROT_READ);
    show("never written, then read-only");
    map(2, 1, RW, HERE);
    *page(2) = 1;
    mprotect(page(2), PAGE, PROT_READ);
    show("written, then read-only");
    clear();

    map(0, 6, RW, HERE);
    madvise(page(1), PAGE, MADV_DONTFORK);
    madvise(page(3), PAGE, MADV_SEQUENTIAL);
    show("advice cuts");
    madvise(page(0), 6 * PAGE, MADV_DOFORK);
    madvise(page(3), PAGE, MADV_NORMAL);
    show("and joins");
    madvise(page(2), PAGE, MADV_DONTNEED);
    madvise(page(2), PAGE, MADV_GUARD_INSTALL);
    show("advice that leaves regions alone");
    mlock(page(2), 2 * PAGE);
    show("locked");
    munlock(page(2), PAGE);
    show("partly unlocked");
    munlockall();
    show("unlocked");
    mlock2(page(0), PAGE, MLOCK_ONFAULT);
    mlock(page(1), PAGE);
    show("locked in two ways");
    mlockall(MCL_FUTURE);
    map(8, 1, RW, HERE);
    munlockall();
    show("all unlocked");
    clear();

    map(0, 2, RW, HERE);
    *page(0) = *page(1) = 1;
    mremap(page(0), 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page(4));
    map(6, 1, RW, HERE);
    *page(6) = 1;
    show("moved, with a neighbour");
    mremap(page(4), 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page(0));
    map(2, 1, RW, HERE);
    show("moved back, with a neighbour");
    mremap(page(0), PAGE, 2 * PAGE, 0);
    mremap(page(1), 2 * PAGE, 3 * PAGE, 0);
    show("grown");
    mremap(page(1), PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page(10));
    show("the middle moved away");
    mremap(page(2), 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, page(20));
    show("moved, and left behind");
    clear();

    char block[3 * PAGE];
    memset(block, 'x', sizeof block);
    int fd = open("file", O_RDWR | O_CREAT, 0644);
    write(fd, block, sizeof block);
    mmap(page(0), PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
    mmap(page(1), PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, PAGE);
    mmap(page(2), PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
    mmap(page(3), PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, PAGE);
    mmap(page(4), PAGE, RW, MAP_SHARED | MAP_FIXED, fd, 2 * PAGE);
    show("a file");
    mprotect(page(4), PAGE, PROT_READ);
    show("alike");
    mremap(page(0), 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page(8));
    mremap(page(3), 0, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page(5));
    syscall(SYS_remap_file_pages, page(3), PAGE, 0, 0, 0);
    show("moved");
    unlink("file");
    show("deleted");
    clear();

    mmap(page(0), PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    mmap(page(1), PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    mmap(page(2), 4 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    munmap(page(3), PAGE);
    show("shared");
    int id = shmget(IPC_PRIVATE, 2 * PAGE, 0600);
    shmat(id, page(8), 0);
    shmat(id, page(10), SHM_RDONLY);
    shmctl(id, IPC_RMID, NULL);
    show("a segment");
    if (fork() == 0) {
        munmap(page(8), PAGE);
        show("in the child");
        _exit(0);
    }
    wait(NULL);
    clear();
    show("nothing");
    return 0;
}
