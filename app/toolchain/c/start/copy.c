/* Copying of memory. The C library is completed with these two: zig does not bring musl's own. */

#include <stddef.h>

#define WEAK __attribute__((weak))

WEAK void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    unsigned char *out = to;
    const unsigned char *in = from;
    while (count--)
        *out++ = *in++;
    return to;
}

WEAK void *memmove(void *to, const void *from, size_t count)
{
    unsigned char *out = to;
    const unsigned char *in = from;
    if (out < in)
        while (count--)
            *out++ = *in++;
    else
        while (count--)
            out[count] = in[count];
    return to;
}
