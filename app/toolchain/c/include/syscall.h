/* System calls for programs without a C library: typed wrappers, and syscall0() to syscall6() for all others.

   As in the kernel's own interface, there is no errno: a failure is a negative number, -ENOENT for example.
   In a program that includes headers of the C library too, only syscall0() to syscall6() and the numbers are defined. */
#ifndef TRAPGATE_SYSCALL_H
#define TRAPGATE_SYSCALL_H

#include <bits/syscall.h>
#include <stddef.h>
#include <stdint.h>

/* The trap is part of the function that asks for it, so that a call chain ends with `write` or `syscall3`. */
#define TRAPGATE_INLINE __attribute__((always_inline)) static inline

#if defined(__x86_64__)

TRAPGATE_INLINE long trapgate_call6(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#elif defined(__i386__)

/* Six arguments need every register but the stack pointer: ebp is saved by hand. */
TRAPGATE_INLINE long trapgate_call6(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    struct {
        long first, sixth;
    } pair = {a, f};
    __asm__ volatile("pushl %%ebp\n\t"
                     "pushl %%ebx\n\t"
                     "movl 4(%%ebx), %%ebp\n\t"
                     "movl (%%ebx), %%ebx\n\t"
                     "int $0x80\n\t"
                     "popl %%ebx\n\t"
                     "popl %%ebp"
                     : "=a"(result)
                     : "a"(number), "b"(&pair), "c"(b), "d"(c), "S"(d), "D"(e)
                     : "memory");
    return result;
}

#elif defined(__arm__)

TRAPGATE_INLINE long trapgate_call6(long number, long a, long b, long c, long d, long e, long f)
{
    register long r7 __asm__("r7") = number;
    register long r0 __asm__("r0") = a;
    register long r1 __asm__("r1") = b;
    register long r2 __asm__("r2") = c;
    register long r3 __asm__("r3") = d;
    register long r4 __asm__("r4") = e;
    register long r5 __asm__("r5") = f;
    __asm__ volatile("svc #0" : "+r"(r0) : "r"(r7), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5) : "memory");
    return r0;
}

#elif defined(__aarch64__)

TRAPGATE_INLINE long trapgate_call6(long number, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
}

#elif defined(__riscv)

TRAPGATE_INLINE long trapgate_call6(long number, long a, long b, long c, long d, long e, long f)
{
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a3 __asm__("a3") = d;
    register long a4 __asm__("a4") = e;
    register long a5 __asm__("a5") = f;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5) : "memory");
    return a0;
}

#endif

#if defined(__i386__)

/* No sixth argument, so ebp stays the frame pointer and the call chain can be read while the kernel works. */
TRAPGATE_INLINE long trapgate_call5(long number, long a, long b, long c, long d, long e)
{
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
                     : "memory");
    return result;
}

#else

TRAPGATE_INLINE long trapgate_call5(long number, long a, long b, long c, long d, long e)
{
    return trapgate_call6(number, a, b, c, d, e, 0);
}

#endif

#define TRAPGATE_CALL(number, ...) TRAPGATE_PADDED(number, __VA_ARGS__, 0, 0, 0, 0)
#define TRAPGATE_PADDED(number, a, b, c, d, e, ...) \
    trapgate_call5(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

static inline long syscall6(long number, long a, long b, long c, long d, long e, long f)
{
    return trapgate_call6(number, a, b, c, d, e, f);
}

static inline long syscall5(long number, long a, long b, long c, long d, long e)
{
    return trapgate_call5(number, a, b, c, d, e);
}

static inline long syscall4(long number, long a, long b, long c, long d)
{
    return TRAPGATE_CALL(number, a, b, c, d);
}

static inline long syscall3(long number, long a, long b, long c)
{
    return TRAPGATE_CALL(number, a, b, c);
}

static inline long syscall2(long number, long a, long b)
{
    return TRAPGATE_CALL(number, a, b);
}

static inline long syscall1(long number, long a)
{
    return TRAPGATE_CALL(number, a);
}

static inline long syscall0(long number)
{
    return TRAPGATE_CALL(number, 0);
}

#ifndef TRAPGATE_C_LIBRARY

typedef long ssize_t;
typedef int pid_t;
typedef unsigned int mode_t;
typedef long off_t;

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

#define AT_FDCWD (-100)
#define O_RDONLY 0
#define O_WRONLY 1
#define O_RDWR 2
#define O_CREAT 0100
#define O_EXCL 0200
#define O_TRUNC 01000
#define O_APPEND 02000
#define O_NONBLOCK 04000
#define O_CLOEXEC 02000000

#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2

#define PROT_NONE 0
#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4
#define MAP_SHARED 1
#define MAP_PRIVATE 2
#define MAP_FIXED 0x10
#define MAP_ANONYMOUS 0x20

#define SIGCHLD 17

static inline ssize_t read(int fd, void *buffer, size_t count)
{
    return TRAPGATE_CALL(SYS_read, fd, buffer, count);
}

static inline ssize_t write(int fd, const void *buffer, size_t count)
{
    return TRAPGATE_CALL(SYS_write, fd, buffer, count);
}

static inline int openat(int directory, const char *path, int flags, mode_t mode)
{
    return (int)TRAPGATE_CALL(SYS_openat, directory, path, flags, mode);
}

/* The third argument, the mode of a new file, may be left out: it is 0644 then. */
#define open(path, ...) TRAPGATE_OPEN(path, __VA_ARGS__, 0644, )
#define TRAPGATE_OPEN(path, flags, mode, ...) openat(AT_FDCWD, path, flags, mode)

static inline int close(int fd)
{
    return (int)TRAPGATE_CALL(SYS_close, fd);
}

#ifdef SYS_lseek
static inline off_t lseek(int fd, off_t offset, int whence)
{
    return TRAPGATE_CALL(SYS_lseek, fd, offset, whence);
}
#endif

static inline int dup(int fd)
{
    return (int)TRAPGATE_CALL(SYS_dup, fd);
}

static inline int dup3(int from, int to, int flags)
{
    return (int)TRAPGATE_CALL(SYS_dup3, from, to, flags);
}

static inline int pipe2(int ends[2], int flags)
{
    return (int)TRAPGATE_CALL(SYS_pipe2, ends, flags);
}

static inline int pipe(int ends[2])
{
    return pipe2(ends, 0);
}

static inline int unlinkat(int directory, const char *path, int flags)
{
    return (int)TRAPGATE_CALL(SYS_unlinkat, directory, path, flags);
}

static inline int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

static inline int mkdir(const char *path, mode_t mode)
{
    return (int)TRAPGATE_CALL(SYS_mkdirat, AT_FDCWD, path, mode);
}

static inline int chdir(const char *path)
{
    return (int)TRAPGATE_CALL(SYS_chdir, path);
}

static inline pid_t getpid(void)
{
    return (pid_t)TRAPGATE_CALL(SYS_getpid, 0);
}

static inline pid_t getppid(void)
{
    return (pid_t)TRAPGATE_CALL(SYS_getppid, 0);
}

static inline pid_t fork(void)
{
#ifdef SYS_fork
    return (pid_t)TRAPGATE_CALL(SYS_fork, 0);
#else
    return (pid_t)TRAPGATE_CALL(SYS_clone, SIGCHLD);
#endif
}

static inline int execve(const char *path, char *const argv[], char *const envp[])
{
    return (int)TRAPGATE_CALL(SYS_execve, path, argv, envp);
}

static inline pid_t wait4(pid_t pid, int *status, int options, void *usage)
{
    return (pid_t)TRAPGATE_CALL(SYS_wait4, pid, status, options, usage);
}

static inline pid_t waitpid(pid_t pid, int *status, int options)
{
    return wait4(pid, status, options, 0);
}

static inline int kill(pid_t pid, int signal)
{
    return (int)TRAPGATE_CALL(SYS_kill, pid, signal);
}

static inline void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
#ifdef SYS_mmap2
    return (void *)trapgate_call6(SYS_mmap2, (long)address, (long)length, protection, flags, fd, offset / 4096);
#else
    return (void *)trapgate_call6(SYS_mmap, (long)address, (long)length, protection, flags, fd, offset);
#endif
}

static inline int munmap(void *address, size_t length)
{
    return (int)TRAPGATE_CALL(SYS_munmap, address, length);
}

static inline void *brk(void *end)
{
    return (void *)TRAPGATE_CALL(SYS_brk, end);
}

__attribute__((noreturn)) static inline void exit(int status)
{
    for (;;)
        TRAPGATE_CALL(SYS_exit_group, status);
}

__attribute__((noreturn)) static inline void _exit(int status)
{
    exit(status);
}

#endif
#endif
