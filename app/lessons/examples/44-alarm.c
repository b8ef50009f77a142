// title: A signal interrupts a sleep
// about: alarm sets a timer, pause sleeps. The handler runs in the middle of main, on its stack, and pause answers EINTR.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t rang;

static void on_alarm(int signo) {
    rang = signo;
}

int main(void) {
    struct sigaction action = {
        .sa_handler = on_alarm,
    };
    sigaction(SIGALRM, &action, NULL);
    alarm(1);
    pause();
    printf("pause: %s, after signal %d\n",
           strerror(errno), rang);
    return 0;
}
