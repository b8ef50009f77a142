/* inotify(7): which changes give which events, coalescing, moves by cookie, removal of watches. */
#include "check.h"
#include <sys/inotify.h>
#include <sys/ioctl.h>

static int notify;

static void drain(const char *when)
{
    char buffer[4096] __attribute__((aligned(8)));
    int got = read(notify, buffer, sizeof buffer);
    unsigned cookie = 0;
    if (got < 0) {
        say("%s: %s", when, error_name(errno));
        return;
    }
    for (int at = 0; at < got;) {
        struct inotify_event *event = (void *)(buffer + at);
        say("%s: wd %d mask %#x cookie %s name \"%s\" length %u", when, event->wd, event->mask,
            !event->cookie ? "0" : event->cookie == cookie ? "same" : "new", event->len ? event->name : "", event->len);
        cookie = event->cookie;
        at += sizeof *event + event->len;
    }
}

int main(void)
{
    char buffer[64];
    mkdir("d", 0755);
    notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    ok(notify);
    ret(inotify_init1(1));
    ret(inotify_add_watch(notify, "d", IN_ALL_EVENTS));
    ret(inotify_add_watch(notify, "missing", IN_ALL_EVENTS));
    ret(inotify_add_watch(notify, "d", 0));
    ret(inotify_add_watch(0, "d", IN_ALL_EVENTS));
    ret(inotify_rm_watch(notify, 77));
    drain("nothing");
    int fd = open("d/file", O_CREAT | O_RDWR, 0644);
    drain("create");
    write(fd, "x", 1);
    write(fd, "y", 1);
    drain("write twice");
    pread(fd, buffer, 1, 0);
    drain("read");
    ftruncate(fd, 0);
    drain("truncate");
    fchmod(fd, 0600);
    drain("chmod");
    close(fd);
    drain("close");
    close(open("d/file", O_RDONLY));
    drain("open and close");
    rename("d/file", "d/moved");
    drain("rename inside");
    rename("d/moved", "out");
    drain("rename out");
    rename("out", "d/back");
    drain("rename in");
    link("d/back", "d/other");
    drain("link");
    mkdir("d/sub", 0755);
    drain("mkdir");
    symlink("x", "d/s");
    drain("symlink");
    unlink("d/other");
    drain("unlink");
    rmdir("d/sub");
    drain("rmdir");
    ret(inotify_add_watch(notify, "d/back", IN_MODIFY | IN_DELETE_SELF | IN_ATTRIB));
    put_file("d/back", "12");
    drain("two watches");
    ret(inotify_add_watch(notify, "d", IN_DELETE | IN_ONLYDIR));
    ret(inotify_add_watch(notify, "d/back", IN_DELETE | IN_ONLYDIR));
    put_file("d/quiet", "");
    drain("only deletions");
    unlink("d/back");
    drain("last link gone");
    int waiting = -1;
    unlink("d/quiet");
    ret(ioctl(notify, FIONREAD, &waiting));
    num(waiting);
    ret(read(notify, buffer, 8));
    drain("after a short buffer");
    ret(inotify_rm_watch(notify, 1));
    drain("removed");
    put_file("f", "");
    ret(inotify_add_watch(notify, "f", IN_OPEN | IN_ONESHOT));
    close(open("f", O_RDONLY));
    drain("oneshot");
    close(open("f", O_RDONLY));
    drain("after oneshot");
    ret(inotify_add_watch(notify, "d", IN_DELETE_SELF | IN_MOVE_SELF));
    rename("d", "e");
    drain("moved itself");
    unlink("e/s");
    rmdir("e");
    drain("gone");
    return 0;
}
