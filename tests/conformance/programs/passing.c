/* sendmsg and recvmsg: vectors, SCM_RIGHTS, SCM_CREDENTIALS, truncation flags, sendmmsg and recvmmsg. */
#include "check.h"
#include <sys/socket.h>
#include <sys/un.h>

static int send_fds(int via, const int *fds, int count, const char *text)
{
    char control[CMSG_SPACE(sizeof(int) * 8)];
    struct iovec vector = {(char *)text, strlen(text)};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control,
                             .msg_controllen = CMSG_SPACE(sizeof(int) * count)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * count);
    memcpy(CMSG_DATA(header), fds, sizeof(int) * count);
    return sendmsg(via, &message, 0);
}

static int receive(int via, int *fds, int room, int flags)
{
    char control[256], text[64];
    struct iovec vector = {text, sizeof text};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = room};
    int got = recvmsg(via, &message, flags), count = 0;
    if (got < 0) {
        say("received: %s", error_name(errno));
        return 0;
    }
    say("received \"%s\", flags %#x", escaped(text, got), message.msg_flags & ~MSG_CMSG_CLOEXEC);
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_type == SCM_RIGHTS) {
            count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            memcpy(fds, CMSG_DATA(header), count * sizeof(int));
            say("  %d descriptors", count);
        } else if (header->cmsg_type == SCM_CREDENTIALS) {
            struct ucred *who = (void *)CMSG_DATA(header);
            say("  credentials: pid %s uid %d gid %d", who->pid == getpid() ? "mine" : who->pid ? "another" : "0",
                who->uid, who->gid);
        } else
            say("  type %d", header->cmsg_type);
    }
    return count;
}

int main(void)
{
    char buffer[64];
    int s[2], p[2], fds[8], one = 1;
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    pipe(p);
    put_file("f", "passed");
    int file = open("f", O_RDONLY);
    ret(read(file, buffer, 2));
    int both[2] = {file, p[1]};
    ret(send_fds(s[0], both, 2, "two"));
    num(receive(s[1], fds, 256, MSG_CMSG_CLOEXEC));
    ret(fcntl(fds[0], F_GETFD));
    ret(read(fds[0], buffer, 64));
    mem(buffer, 4);
    ret(lseek(file, 0, SEEK_CUR));
    ret(write(fds[1], "through", 7));
    ret(read(p[0], buffer, 64));
    close(fds[0]);
    close(fds[1]);
    ret(send_fds(s[0], both, 2, "no room"));
    receive(s[1], fds, CMSG_SPACE(sizeof(int)) - 4, 0);
    close(fds[0]);
    ret(send_fds(s[0], both, 1, "none at all"));
    receive(s[1], fds, 0, 0);
    int bad = 999;
    ret(send_fds(s[0], &bad, 1, "bad"));
    /* A read takes the bytes and drops the descriptors; it stops where they stand. */
    write(s[0], "plain", 5);
    send_fds(s[0], both, 1, "with");
    write(s[0], "after", 5);
    ret(read(s[1], buffer, 64));
    ret(read(s[1], buffer, 64));
    ret(recv(s[1], buffer, 64, MSG_DONTWAIT));
    /* The last copy of the write end is on its way. */
    send_fds(s[0], &p[1], 1, "in flight");
    close(p[1]);
    num(receive(s[1], fds, 256, 0));
    ret(write(fds[0], "x", 1));
    close(fds[0]);
    ret(read(p[0], buffer, 1));
    ret(read(p[0], buffer, 1));
    pid_t pid = fork();
    if (pid == 0) {
        int q[2];
        pipe(q);
        write(q[1], "from the child's pipe", 21);
        send_fds(s[0], q, 1, "child");
        _exit(0);
    }
    reap("child", pid);
    num(receive(s[1], fds, 256, 0));
    ret(read(fds[0], buffer, 64));
    mem(buffer, 21);
    ret(read(fds[0], buffer, 64));
    ret(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof one));
    ret(write(s[0], "who", 3));
    receive(s[1], fds, 256, 0);
    pid = fork();
    if (pid == 0) {
        write(s[0], "child", 5);
        _exit(0);
    }
    reap("child", pid);
    receive(s[1], fds, 256, 0);
    int d[2];
    socketpair(AF_UNIX, SOCK_DGRAM, 0, d);
    struct iovec parts[2] = {{"ab", 2}, {"cde", 3}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ret(sendmsg(d[0], &message, 0));
    char small[3];
    struct iovec into[2] = {{small, 1}, {small + 1, 2}};
    message.msg_iov = into;
    ret(recvmsg(d[1], &message, 0));
    mem(small, 3);
    num(message.msg_flags);
    struct iovec first = {"first", 5}, second = {"second", 6};
    struct mmsghdr many[3] = {{{.msg_iov = &first, .msg_iovlen = 1}}, {{.msg_iov = &second, .msg_iovlen = 1}}};
    ret(sendmmsg(d[0], many, 2, 0));
    num(many[0].msg_len);
    num(many[1].msg_len);
    char texts[3][16];
    struct iovec rooms[3] = {{texts[0], 16}, {texts[1], 16}, {texts[2], 16}};
    memset(many, 0, sizeof many);
    for (int i = 0; i < 3; i++) {
        many[i].msg_hdr.msg_iov = &rooms[i];
        many[i].msg_hdr.msg_iovlen = 1;
    }
    ret(recvmmsg(d[1], many, 3, MSG_DONTWAIT, NULL));
    num(many[0].msg_len);
    mem(texts[1], 6);
    ret(recvmmsg(d[1], many, 3, MSG_DONTWAIT, NULL));
    ret(sendmsg(d[0], (struct msghdr *)8, 0));
    ret(recvmsg(999, &message, 0));
    message.msg_iovlen = 2000;
    ret(syscall(SYS_sendmsg, d[0], &message, 0));
    return 0;
}
