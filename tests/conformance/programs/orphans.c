/* Reparenting: PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, getppid after the parent's end. */
#include "check.h"
#include <sys/prctl.h>

int main(void)
{
    int told[2], go[2], value = 9, status;
    char byte;
    pipe(told);
    pipe(go);
    ret(prctl(PR_GET_CHILD_SUBREAPER, &value));
    num(value);
    ret(prctl(PR_SET_CHILD_SUBREAPER, 1));
    ret(prctl(PR_GET_CHILD_SUBREAPER, &value));
    num(value);
    pid_t reaper = getpid();
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_GET_CHILD_SUBREAPER, &value);
        say("the child is a subreaper: %d", value);
        pid_t parent = getpid();
        if (fork() == 0) {
            while (getppid() == parent)
                usleep(1000);
            read(go[0], &byte, 1);
            say("the orphan's parent is the subreaper: %s", getppid() == reaper ? "yes" : "no");
            write(told[1], "x", 1);
            _exit(42);
        }
        _exit(1);
    }
    reap("child", child);
    write(go[1], "x", 1);
    read(told[0], &byte, 1);
    pid_t orphan = wait(&status);
    yes(orphan > 0 && orphan != child);
    show_status("orphan", status);
    ret(wait(&status));
    /* The parent's end signals the child that asked for it. */
    child = fork();
    if (child == 0) {
        pid_t parent = getpid();
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGUSR1);
            prctl(PR_GET_PDEATHSIG, &value);
            say("pdeathsig %d", value);
            write(told[1], "x", 1);
            while (getppid() == parent)
                usleep(1000);
            for (;;)
                pause();
        }
        read(told[0], &byte, 1);
        _exit(2);
    }
    reap("parent of the doomed", child);
    yes(wait(&status) > 0);
    show_status("doomed", status);
    ret(prctl(PR_SET_PDEATHSIG, 65));
    /* A zombie stays until its parent waits; its own zombie children go to the reaper. */
    child = fork();
    if (child == 0) {
        if (fork() == 0)
            _exit(3);
        usleep(20000);
        _exit(4);
    }
    reap("left a zombie", child);
    yes(wait(&status) > 0);
    show_status("inherited zombie", status);
    ret(wait(&status));
    ret(prctl(PR_SET_CHILD_SUBREAPER, 0));
    child = fork();
    if (child == 0) {
        pid_t parent = getpid();
        if (fork() == 0) {
            while (getppid() == parent)
                usleep(1000);
            read(go[0], &byte, 1);
            say("the parent is now the one who asked: %s", getppid() == reaper ? "yes" : "no");
            write(told[1], "x", 1);
            _exit(0);
        }
        _exit(0);
    }
    reap("child", child);
    write(go[1], "x", 1);
    read(told[0], &byte, 1);
    ret(wait(&status));
    return 0;
}
