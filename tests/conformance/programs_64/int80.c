/* int 0x80 in 64-bit code: the numbers, structures and widths are those of 32-bit programs. */
#include "check.h"
#include <sys/mman.h>

static long int80(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long rbp asm("rbp");
    (void)rbp;
    asm volatile("pushq %%rbp; movq %[sixth], %%rax; pushq %[number]; movq %%rax, %%rbp; popq %%rax; int $0x80; popq %%rbp"
                 : "=&a"(result)
                 : [number] "r"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), [sixth] "r"(f)
                 : "memory", "r8", "r9", "r10", "r11");
    return result;
}

#define call(...) int80_shown(#__VA_ARGS__, (long[8]){__VA_ARGS__})

static void int80_shown(const char *text, long *v)
{
    long result = int80(v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
    if (result < 0 && result > -4096)
        say("%s = %s", text, error_name(-result));
    else
        say("%s = %ld", text, result);
}

int main(void)
{
    char *low = mmap((void *)0x10000000, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    yes(int80(20, 0, 0, 0, 0, 0, 0) == getpid());
    memcpy(low, "written by number 4\n", 20);
    call(4, 1, 0x10000000, 20);
    call(4, 1, 0x110000000, 20);
    call(4 | 0x100000000, 1, 0x10000000, 20);
    call(4, 1, 0x10000000, 0x100000014);
    call(4, -1, 0x10000000, 20);
    call(4, 1, 0x20000000, 20);
    call(1000);
    call(-1);
    memset(low, 0xee, 200);
    call(197, 1, 0x10000000);
    yes(low[95] != (char)0xee && low[96] == (char)0xee);
    memset(low, 0xee, 200);
    call(265, 1, 0x10000000);
    yes(low[7] != (char)0xee && low[8] == (char)0xee);
    long place = int80(192, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    yes(place > 0 && place >> 32 == 0);
    call(140, 99, 0, 0, 0x10000000, 0);
    call(19, 99, 0, 0);
    yes(int80(45, 0, 0, 0, 0, 0, 0) != 0);
    strcpy(low, ".");
    long fd = int80(5, (long)low, O_RDONLY, 0, 0, 0, 0);
    yes(fd > 2);
    call(102, 99, 0x10000000);
    int pair[2];
    pipe(pair);
    alarm(0);
    signal(SIGALRM, SIG_IGN);
    yes(int80(3, pair[0], (long)pair, 0, 0, 0, 0) == 0);
    return 0;
}
