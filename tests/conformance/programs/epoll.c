/* epoll(7): level, edge, one-shot, exclusive; changes, hang-ups, nesting, order and each refusal. */
#include "check.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

static int ep;

static int control(int op, int fd, unsigned events)
{
    struct epoll_event event = {.events = events, .data.u32 = fd};
    return epoll_ctl(ep, op, fd, &event);
}

static void look(const char *what)
{
    struct epoll_event events[8];
    int got = epoll_wait(ep, events, 8, 0);
    say("%s: %d", what, got);
    for (int i = 0; i < got; i++)
        say("  events %#x of %u", events[i].events, events[i].data.u32);
}

int main(void)
{
    char block[100];
    int p[2], q[2], s[2];
    struct epoll_event event;
    ep = epoll_create1(EPOLL_CLOEXEC);
    ok(ep);
    ret(fcntl(ep, F_GETFD));
    ret(epoll_create1(77));
    ret(epoll_create(0));
    ok(epoll_create(1));
    pipe(p);
    pipe(q);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    ret(control(EPOLL_CTL_ADD, p[0], EPOLLIN));
    ret(control(EPOLL_CTL_ADD, p[0], EPOLLIN));
    ret(control(EPOLL_CTL_MOD, q[0], EPOLLIN));
    ret(control(EPOLL_CTL_DEL, q[0], 0));
    ret(control(EPOLL_CTL_ADD, 999, EPOLLIN));
    ret(control(EPOLL_CTL_ADD, ep, EPOLLIN));
    ret(control(9, p[0], EPOLLIN));
    put_file("f", "x");
    ret(control(EPOLL_CTL_ADD, open("f", O_RDONLY), EPOLLIN));
    ret(epoll_ctl(0, EPOLL_CTL_ADD, p[0], &event));
    ret(epoll_ctl(999, EPOLL_CTL_ADD, p[0], &event));
    ret(syscall(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, q[0], 8));
    ret(epoll_wait(ep, &event, 0, 0));
    ret(epoll_wait(0, &event, 1, 0));
#ifndef PORTABLE
    ret(syscall(SYS_epoll_wait, ep, 8, 1, 0));
#endif
    look("nothing yet");
    write(p[1], "ab", 2);
    look("level");
    look("level again");
#ifndef PORTABLE
    ret(syscall(SYS_epoll_wait, ep, 8, 1, 0));
#endif
    read(p[0], block, 100);
    look("read");
    ret(control(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLET));
    write(p[1], "ab", 2);
    look("edge");
    look("edge again");
    write(p[1], "c", 1);
    look("another write is another edge");
    read(p[0], block, 1);
    look("a partial read is none");
    ret(control(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLET));
    look("a change looks again");
    ret(control(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLONESHOT));
    look("one shot");
    write(p[1], "d", 1);
    look("disarmed");
    ret(control(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLONESHOT));
    look("armed again");
    ret(control(EPOLL_CTL_MOD, p[0], 0));
    look("nothing wanted");
    close(p[1]);
    look("a hang-up is always told");
    ret(control(EPOLL_CTL_DEL, p[0], 0));
    look("deleted");
    ret(control(EPOLL_CTL_ADD, s[0], EPOLLIN | EPOLLOUT | EPOLLRDHUP));
    look("socket");
    write(s[1], "x", 1);
    look("with data");
    shutdown(s[1], SHUT_WR);
    look("half closed");
    close(s[1]);
    look("closed");
    close(s[0]);
    look("a closed descriptor is gone");
    ret(control(EPOLL_CTL_ADD, q[0], EPOLLIN));
    int copy = dup(q[0]);
    write(q[1], "x", 1);
    close(q[0]);
    look("still open by a copy");
    close(copy);
    look("now gone");
    int e1 = eventfd(1, EFD_NONBLOCK), e2 = eventfd(1, EFD_NONBLOCK), e3 = eventfd(1, EFD_NONBLOCK);
    control(EPOLL_CTL_ADD, e1, EPOLLIN);
    control(EPOLL_CTL_ADD, e2, EPOLLIN);
    control(EPOLL_CTL_ADD, e3, EPOLLIN);
    ret(epoll_wait(ep, &event, 1, 0));
    yes(event.data.u32 == (unsigned)e1);
    ret(epoll_wait(ep, &event, 1, 0));
    yes(event.data.u32 == (unsigned)e2);
    ret(epoll_wait(ep, &event, 1, 0));
    yes(event.data.u32 == (unsigned)e3);
    ret(epoll_wait(ep, &event, 1, 0));
    yes(event.data.u32 == (unsigned)e1);
    int outer = epoll_create1(0);
    event.events = EPOLLIN;
    event.data.u32 = 7;
    ret(epoll_ctl(outer, EPOLL_CTL_ADD, ep, &event));
    ret(epoll_ctl(ep, EPOLL_CTL_ADD, outer, &event));
    ret(epoll_wait(outer, &event, 1, 0));
    num(event.data.u32);
    uint64_t count;
    read(e1, &count, 8);
    read(e2, &count, 8);
    read(e3, &count, 8);
    ret(epoll_wait(outer, &event, 1, 0));
    ret(control(EPOLL_CTL_MOD, e1, EPOLLIN | EPOLLEXCLUSIVE));
    control(EPOLL_CTL_DEL, e1, 0);
    ret(control(EPOLL_CTL_ADD, e1, EPOLLIN | EPOLLEXCLUSIVE));
    ret(control(EPOLL_CTL_MOD, e1, EPOLLIN));
    int64_t start = monotonic();
    ret(epoll_wait(ep, &event, 1, 3));
    yes(monotonic() - start >= 3 * MILLISECOND);
    pid_t pid = fork();
    if (pid == 0) {
        usleep(2000);
        count = 5;
        write(e2, &count, 8);
        _exit(0);
    }
    ret(epoll_wait(ep, &event, 1, -1));
    yes(event.data.u32 == (unsigned)e2);
    reap("writer", pid);
    read(e2, &count, 8);
    num(count);
    ret(read(ep, block, 8));
    return 0;
}
