/* What every conformance program prints its checks with: one line a check, written at once, the same on both kernels.

   ret(f(x))    f(x) = 3             the call's result, or -1 and the errno's name
   ok(f(x))     f(x) = ok            only whether it succeeded: descriptors, pids, addresses
   yes(a == b)  a == b: yes          a relation, where the numbers themselves need not agree
   num(x)       x = 17               a number
   str(x)       x = "text"           a C string, escaped
   mem(x, n)    x = "\1\2"           bytes, escaped
   say(...)     as printf, with a newline
*/
#ifndef CHECK_H
#define CHECK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))

static UNUSED void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static UNUSED void say(const char *format, ...)
{
    char line[2048];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(line, sizeof line - 1, format, list);
    va_end(list);
    if (length > (int)sizeof line - 2)
        length = sizeof line - 2;
    line[length] = '\n';
    if (write(1, line, length + 1) != length + 1)
        _exit(99);
}

static UNUSED const char *error_name(int error)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
#define NAME(e) {e, #e}
        NAME(EPERM), NAME(ENOENT), NAME(ESRCH), NAME(EINTR), NAME(EIO), NAME(ENXIO), NAME(E2BIG), NAME(ENOEXEC),
        NAME(EBADF), NAME(ECHILD), NAME(EAGAIN), NAME(ENOMEM), NAME(EACCES), NAME(EFAULT), NAME(ENOTBLK), NAME(EBUSY),
        NAME(EEXIST), NAME(EXDEV), NAME(ENODEV), NAME(ENOTDIR), NAME(EISDIR), NAME(EINVAL), NAME(ENFILE), NAME(EMFILE),
        NAME(ENOTTY), NAME(ETXTBSY), NAME(EFBIG), NAME(ENOSPC), NAME(ESPIPE), NAME(EROFS), NAME(EMLINK), NAME(EPIPE),
        NAME(EDOM), NAME(ERANGE), NAME(EDEADLK), NAME(ENAMETOOLONG), NAME(ENOLCK), NAME(ENOSYS), NAME(ENOTEMPTY),
        NAME(ELOOP), NAME(ENOMSG), NAME(EIDRM), NAME(ENODATA), NAME(ETIME), NAME(EPROTO), NAME(EBADMSG),
        NAME(EOVERFLOW), NAME(EILSEQ), NAME(EUSERS), NAME(ENOTSOCK), NAME(EDESTADDRREQ), NAME(EMSGSIZE),
        NAME(EPROTOTYPE), NAME(ENOPROTOOPT), NAME(EPROTONOSUPPORT), NAME(ESOCKTNOSUPPORT), NAME(EOPNOTSUPP),
        NAME(EPFNOSUPPORT), NAME(EAFNOSUPPORT), NAME(EADDRINUSE), NAME(EADDRNOTAVAIL), NAME(ENETDOWN),
        NAME(ENETUNREACH), NAME(ENETRESET), NAME(ECONNABORTED), NAME(ECONNRESET), NAME(ENOBUFS), NAME(EISCONN),
        NAME(ENOTCONN), NAME(ESHUTDOWN), NAME(ETIMEDOUT), NAME(ECONNREFUSED), NAME(EHOSTDOWN), NAME(EHOSTUNREACH),
        NAME(EALREADY), NAME(EINPROGRESS), NAME(ESTALE), NAME(EDQUOT), NAME(ECANCELED), NAME(EOWNERDEAD),
        NAME(ENOTRECOVERABLE),
#undef NAME
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == error)
            return names[i].name;
    return "E?";
}

static UNUSED const char *escaped(const void *data, size_t size)
{
    static __thread char text[1024];
    size_t used = 0;
    for (const unsigned char *byte = data; size > 0 && used < sizeof text - 6; byte++, size--) {
        if (*byte == '\n')
            used += sprintf(text + used, "\\n");
        else if (*byte < ' ' || *byte > '~' || *byte == '"' || *byte == '\\')
            used += sprintf(text + used, "\\%o", *byte);
        else
            text[used++] = *byte;
    }
    text[used] = 0;
    return text;
}

static UNUSED long show_return(const char *what, long result, bool exact)
{
    if (result == -1)
        say("%s = -1 %s", what, error_name(errno));
    else if (exact)
        say("%s = %ld", what, result);
    else
        say("%s = ok", what);
    return result;
}

#define ret(call) (errno = 0, show_return(#call, (long)(call), true))
#define ok(call) (errno = 0, show_return(#call, (long)(call), false))
#define yes(relation) say("%s: %s", #relation, (relation) ? "yes" : "no")
#define num(value) say("%s = %lld", #value, (long long)(value))
#define str(value) say("%s = \"%s\"", #value, escaped((value), strlen(value)))
#define mem(value, size) say("%s = \"%s\"", #value, escaped((value), (size)))
/* For functions that return the error itself, as pthread_create does. */
#define err(call) \
    do { \
        int error_ = (call); \
        say("%s = %s", #call, error_ ? error_name(error_) : "0"); \
    } while (0)

/* How a child ended, as wait(2) says it. */
static UNUSED void show_status(const char *what, int status)
{
    if (WIFEXITED(status))
        say("%s: exited %d", what, WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        say("%s: killed by signal %d", what, WTERMSIG(status));
    else if (WIFSTOPPED(status))
        say("%s: stopped by signal %d", what, WSTOPSIG(status));
    else if (WIFCONTINUED(status))
        say("%s: continued", what);
    else
        say("%s: status %#x", what, status);
}

/* Wait for one child and say how it ended. */
static UNUSED void reap(const char *what, pid_t pid)
{
    int status;
    if (waitpid(pid, &status, 0) == pid)
        show_status(what, status);
    else
        say("%s: waitpid failed: %s", what, error_name(errno));
}

static UNUSED void put_file(const char *path, const char *contents)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || write(fd, contents, strlen(contents)) != (ssize_t)strlen(contents) || close(fd))
        say("put_file %s: %s", path, error_name(errno));
}

static UNUSED void show_file(const char *path)
{
    char buffer[512];
    int fd = open(path, O_RDONLY);
    if (fd < 0) {
        say("%s: %s", path, error_name(errno));
        return;
    }
    ssize_t got = read(fd, buffer, sizeof buffer);
    say("%s: \"%s\"", path, got < 0 ? error_name(errno) : escaped(buffer, got));
    close(fd);
}

static UNUSED int64_t monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

#define MILLISECOND 1000000LL

#endif
