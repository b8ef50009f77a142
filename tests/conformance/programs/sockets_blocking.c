/* Sockets between processes: who sleeps, who wakes whom, what a signal or a time limit does to the sleep.
   While a child prints, its parent does not, so that the order of the lines is always the same. */
#include "check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

static char big[1 << 20];

static void handler(int signo)
{
    (void)signo;
}

static void end(void)
{
    _exit(0);
}

static void join(void)
{
    int status;
    pid_t pid = wait(&status);
    yes(pid > 0);
    if (WIFSIGNALED(status))
        say("child killed by %d", WTERMSIG(status));
    else
        say("child exited with %d", WEXITSTATUS(status));
}

static long drain(int fd)
{
    long total = 0, count;
    char part[3000];
    while ((count = read(fd, part, sizeof part)) > 0)
        total += count;
    return count < 0 ? count : total;
}

/* The second process waits until the first sleeps: it gives way often enough. */
static void let_others_run(void)
{
    struct timespec pause = {0, 50000000};
    nanosleep(&pause, NULL);
}

static struct sockaddr_un unix_name(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    return address;
}

static int tcp_listener(struct sockaddr_in *address, int backlog)
{
    socklen_t length = sizeof *address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    ok(bind(fd, (struct sockaddr *)address, length));
    ok(listen(fd, backlog));
    getsockname(fd, (struct sockaddr *)address, &length);
    return fd;
}

static void unix_backlog(void)
{
    struct sockaddr_un address = unix_name("listener");
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    ret(bind(listener, (struct sockaddr *)&address, sizeof address));
    ret(listen(listener, 0));
    int first = socket(AF_UNIX, SOCK_STREAM, 0);
    ret(connect(first, (struct sockaddr *)&address, sizeof address));
    if (fork() == 0) {
        int second = socket(AF_UNIX, SOCK_STREAM, 0);
        ret(connect(second, (struct sockaddr *)&address, sizeof address));
        ret(write(second, "from the child", 14));
        end();
    }
    let_others_run();
    say("accepting");
    int one = accept(listener, NULL, NULL), two;
    let_others_run();
    two = accept(listener, NULL, NULL);
    join();
    char buffer[32];
    ret(read(two, buffer, sizeof buffer));
    mem(buffer, 14);
    ret(read(two, buffer, sizeof buffer));
    struct ucred who;
    socklen_t length = sizeof who;
    ret(getsockopt(two, SOL_SOCKET, SO_PEERCRED, &who, &length));
    yes(who.pid != getpid() && who.pid > 0);
    yes(who.uid == geteuid());
    if (fork() == 0) {
        int third = socket(AF_UNIX, SOCK_STREAM, 0);
        int fourth = socket(AF_UNIX, SOCK_STREAM, 0);
        ret(connect(third, (struct sockaddr *)&address, sizeof address));
        close(listener);
        ret(connect(fourth, (struct sockaddr *)&address, sizeof address));
        end();
    }
    let_others_run();
    close(listener);
    join();
    close(one), close(two), close(first);
}

static void full_buffers(int domain)
{
    int s[2];
    if (domain == AF_UNIX) {
        ok(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    } else {
        struct sockaddr_in address;
        int listener = tcp_listener(&address, 1);
        s[0] = socket(AF_INET, SOCK_STREAM, 0);
        ret(connect(s[0], (struct sockaddr *)&address, sizeof address));
        s[1] = accept(listener, NULL, NULL);
        close(listener);
    }
    if (fork() == 0) {
        close(s[1]);
        long total = 0;
        for (int i = 0; i < 8; i++)
            total += write(s[0], big, sizeof big);
        num(total);
        shutdown(s[0], SHUT_WR);
        char answer[16];
        ret(recv(s[0], answer, 10, MSG_WAITALL));
        mem(answer, 10);
        ret(recv(s[0], answer, 10, MSG_WAITALL));
        end();
    }
    close(s[0]);
    let_others_run();
    long total = drain(s[1]);
    num(total);
    write(s[1], "01234", 5);
    let_others_run();
    write(s[1], "56789", 5);
    let_others_run();
    write(s[1], "abc", 3);
    close(s[1]);
    join();
}

static void broken_pipe(void)
{
    int s[2];
    ok(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    if (fork() == 0) {
        close(s[1]);
        for (;;)
            if (write(s[0], big, sizeof big) < 0)
                end();
    }
    close(s[0]);
    let_others_run();
    char buffer[100];
    ret(read(s[1], buffer, sizeof buffer));
    ret(close(s[1]));
    join();
}

static void datagram_queue(void)
{
    struct sockaddr_un address = unix_name("datagrams");
    int receiver = socket(AF_UNIX, SOCK_DGRAM, 0);
    ret(bind(receiver, (struct sockaddr *)&address, sizeof address));
    if (fork() == 0) {
        int sender = socket(AF_UNIX, SOCK_DGRAM, 0), sent = 0;
        ret(connect(sender, (struct sockaddr *)&address, sizeof address));
        while (sent < 60 && write(sender, &sent, sizeof sent) == sizeof sent)
            sent++;
        num(sent);
        end();
    }
    let_others_run();
    int number, right = 0;
    while (right < 60 && read(receiver, &number, sizeof number) == sizeof number && number == right)
        right++;
    join();
    num(right);
}

static void time_limits(void)
{
    int s[2];
    char buffer[16];
    struct timeval limit = {0, 100000};
    struct timespec before, after;
    ok(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    ret(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
    clock_gettime(CLOCK_MONOTONIC, &before);
    ret(read(s[0], buffer, sizeof buffer));
    clock_gettime(CLOCK_MONOTONIC, &after);
    yes((after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec - before.tv_nsec >= 100000000);
    ret(setsockopt(s[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
    yes(write(s[0], big, sizeof big) > 0);
    ret(write(s[0], big, sizeof big));
    if (fork() == 0) {
        let_others_run();
        write(s[1], "x", 1);
        end();
    }
    ret(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){100, 0}, sizeof limit));
    ret(read(s[0], buffer, sizeof buffer));
    join();
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigaction(SIGUSR1, &action, NULL);
    pid_t parent = getpid();
    if (fork() == 0) {
        let_others_run();
        kill(parent, SIGUSR1);
        end();
    }
    ret(read(s[0], buffer, sizeof buffer));
    join();
    ret(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0, 0}, sizeof limit));
    if (fork() == 0) {
        let_others_run();
        kill(parent, SIGUSR1);
        let_others_run();
        write(s[1], "restarted", 9);
        end();
    }
    ret(read(s[0], buffer, sizeof buffer));
    join();
    action.sa_flags = 0;
    sigaction(SIGUSR1, &action, NULL);
    if (fork() == 0) {
        let_others_run();
        kill(parent, SIGUSR1);
        end();
    }
    ret(read(s[0], buffer, sizeof buffer));
    join();
    if (fork() == 0) {
        let_others_run();
        write(s[1], "part", 4);
        let_others_run();
        kill(parent, SIGUSR1);
        end();
    }
    ret(recv(s[0], buffer, 10, MSG_WAITALL));
    join();
}

static void woken_by_shutdown(void)
{
    int s[2];
    char buffer[16];
    struct sockaddr_in address;
    ok(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    if (fork() == 0) {
        let_others_run();
        shutdown(s[0], SHUT_RD);
        end();
    }
    ret(read(s[0], buffer, sizeof buffer));
    join();
    int listener = tcp_listener(&address, 1);
    if (fork() == 0) {
        let_others_run();
        shutdown(listener, SHUT_RDWR);
        end();
    }
    ret(accept(listener, NULL, NULL));
    join();
    int udp = socket(AF_INET, SOCK_DGRAM, 0);
    address.sin_port = 0;
    ret(bind(udp, (struct sockaddr *)&address, sizeof address));
    if (fork() == 0) {
        let_others_run();
        shutdown(udp, SHUT_RDWR);
        end();
    }
    ret(recv(udp, buffer, sizeof buffer, 0));
    join();
}

static void pass_a_connection(void)
{
    int s[2];
    struct sockaddr_in address;
    ok(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s));
    int listener = tcp_listener(&address, 4);
    char control[CMSG_SPACE(sizeof(int))] = {0}, byte = '!';
    struct iovec piece = {&byte, 1};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    if (fork() == 0) {
        close(listener);
        ret(recvmsg(s[1], &message, MSG_CMSG_CLOEXEC));
        int connection;
        memcpy(&connection, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof connection);
        ret(fcntl(connection, F_GETFD));
        char buffer[32];
        ret(read(connection, buffer, sizeof buffer));
        mem(buffer, 5);
        ret(write(connection, "served by the child", 19));
        end();
    }
    int client = socket(AF_INET, SOCK_STREAM, 0);
    connect(client, (struct sockaddr *)&address, sizeof address);
    int connection = accept(listener, NULL, NULL);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_len = CMSG_LEN(sizeof(int));
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    memcpy(CMSG_DATA(header), &connection, sizeof connection);
    sendmsg(s[0], &message, 0);
    close(connection);
    write(client, "hello", 5);
    join();
    char buffer[32];
    ret(read(client, buffer, sizeof buffer));
    mem(buffer, 19);
    ret(read(client, buffer, sizeof buffer));
}

static void connect_to_itself(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ret(bind(fd, (struct sockaddr *)&address, sizeof address));
    getsockname(fd, (struct sockaddr *)&address, &length);
    ret(connect(fd, (struct sockaddr *)&address, sizeof address));
    char buffer[16];
    ret(write(fd, "echo", 4));
    ret(read(fd, buffer, sizeof buffer));
    mem(buffer, 4);
    ret(shutdown(fd, SHUT_WR));
    ret(read(fd, buffer, sizeof buffer));
    ret(close(fd));
}

static void full_tcp_queue(void)
{
    struct sockaddr_in address;
    int listener = tcp_listener(&address, 0), first = socket(AF_INET, SOCK_STREAM, 0);
    ret(connect(first, (struct sockaddr *)&address, sizeof address));
    if (fork() == 0) {
        int second = socket(AF_INET, SOCK_STREAM, 0);
        ret(connect(second, (struct sockaddr *)&address, sizeof address));
        ret(write(second, "late", 4));
        end();
    }
    let_others_run();
    int one = accept(listener, NULL, NULL), two = accept(listener, NULL, NULL);
    join();
    yes(one > 0 && two > one);
    char buffer[16];
    ret(read(two, buffer, sizeof buffer));
}

int main(void)
{
    unix_backlog();
    full_buffers(AF_UNIX);
    full_buffers(AF_INET);
    broken_pipe();
    datagram_queue();
    time_limits();
    woken_by_shutdown();
    pass_a_connection();
    connect_to_itself();
    full_tcp_queue();
    return 0;
}
