/* sendfile, copy_file_range, splice, tee, vmsplice: counts, offsets and refusals. */
#include "check.h"
#include <sys/sendfile.h>
#include <sys/uio.h>

int main(void)
{
    char buffer[64];
    int pipes[2], more[2];
    put_file("in", "0123456789abcdef");
    int in = open("in", O_RDWR), out = open("out", O_RDWR | O_CREAT, 0644);
    pipe(pipes);
    pipe(more);
    off_t offset = 4;
    ret(sendfile(out, in, NULL, 4));
    ret(lseek(in, 0, SEEK_CUR));
    ret(sendfile(out, in, &offset, 6));
    num(offset);
    ret(lseek(in, 0, SEEK_CUR));
    ret(sendfile(pipes[1], in, &offset, 100));
    num(offset);
    ret(read(pipes[0], buffer, 64));
    mem(buffer, 6);
    ret(sendfile(out, in, &offset, 100));
    show_file("out");
    ret(sendfile(out, pipes[0], NULL, 4));
    offset = -1;
    ret(sendfile(out, in, &offset, 4));
    int reader = open("in", O_RDONLY);
    ret(sendfile(reader, in, NULL, 4));
    ret(sendfile(999, in, NULL, 4));
    int append = open("out", O_WRONLY | O_APPEND);
    ret(sendfile(append, reader, NULL, 4));
    off_t from = 2, to = 20;
    ret(syscall(SYS_copy_file_range, in, &from, out, &to, 5L, 0));
    num(from);
    num(to);
    ret(syscall(SYS_copy_file_range, in, NULL, out, NULL, 5L, 1));
    ret(syscall(SYS_copy_file_range, in, &from, in, &from, 5L, 0));
    ret(syscall(SYS_copy_file_range, pipes[0], NULL, out, NULL, 5L, 0));
    ret(syscall(SYS_copy_file_range, in, NULL, append, NULL, 5L, 0));
    from = 100;
    ret(syscall(SYS_copy_file_range, in, &from, out, &to, 5L, 0));
    show_file("out");
    from = 3;
    ret(splice(in, &from, pipes[1], NULL, 5, 0));
    num(from);
    ret(tee(pipes[0], more[1], 3, 0));
    ret(read(more[0], buffer, 64));
    mem(buffer, 3);
    ret(splice(pipes[0], NULL, more[1], NULL, 4, 0));
    ret(read(pipes[0], buffer, 64));
    mem(buffer, 1);
    to = 0;
    ret(splice(more[0], NULL, out, &to, 64, 0));
    num(to);
    show_file("out");
    ret(splice(pipes[0], NULL, out, NULL, 4, SPLICE_F_NONBLOCK));
    ret(splice(in, NULL, out, NULL, 4, 0));
    ret(splice(pipes[0], &from, out, NULL, 4, 0));
    ret(splice(pipes[0], NULL, pipes[1], NULL, 4, 0));
    ret(splice(in, NULL, pipes[1], NULL, 4, 0x100));
    ret(splice(in, NULL, pipes[1], NULL, 0, 0x100));
    ret(tee(pipes[0], pipes[1], 4, 0));
    ret(tee(in, pipes[1], 4, 0));
    ret(tee(pipes[0], more[1], 4, SPLICE_F_NONBLOCK));
    struct iovec vector[2] = {{"vm", 2}, {"splice", 6}};
    ret(vmsplice(pipes[1], vector, 2, 0));
    ret(read(pipes[0], buffer, 64));
    mem(buffer, 8);
    close(pipes[1]);
    ret(splice(pipes[0], NULL, out, NULL, 4, 0));
    return 0;
}
