/* Terminal calls where standard input is a pipe, and what is no terminal says; a pseudo-terminal where there is one. */
#include "check.h"
#include <sys/ioctl.h>
#include <termios.h>

int main(void)
{
    struct termios settings;
    struct winsize size;
    int number, p[2];
    num(isatty(0));
    num(isatty(1));
    num(isatty(999));
    ret(tcgetattr(0, &settings));
    ret(tcgetattr(999, &settings));
    ret(tcsetattr(0, TCSANOW, &settings));
    ret(ioctl(0, TIOCGWINSZ, &size));
    ret(ioctl(0, TIOCGPGRP, &number));
    ret(tcgetpgrp(0));
    ret(tcsetpgrp(0, getpgrp()));
    ret(ioctl(0, TIOCSCTTY, 0));
    ret(tcgetsid(0));
    ret(tcdrain(0));
    ret(tcflush(0, TCIOFLUSH));
    ret(open("/dev/tty", O_RDWR));
    yes(ttyname(0) == NULL);
    ret(ioctl(0, FIONREAD, &number));
    num(number);
    number = 1;
    pipe(p);
    ret(ioctl(p[0], FIONBIO, &number));
    ret(fcntl(p[0], F_GETFL) & O_NONBLOCK);
    number = 0;
    ret(ioctl(p[0], FIONBIO, &number));
    ret(fcntl(p[0], F_GETFL) & O_NONBLOCK);
    ret(ioctl(p[0], FIOCLEX));
    ret(fcntl(p[0], F_GETFD));
    ret(ioctl(p[0], FIONCLEX));
    ret(fcntl(p[0], F_GETFD));
    ret(ioctl(p[0], FIONBIO, 8));
    ret(ioctl(999, FIONBIO, &number));
    ret(ioctl(p[0], 0xdead, &number));
    put_file("f", "0123456789");
    int fd = open("f", O_RDONLY);
    lseek(fd, 4, SEEK_SET);
    ret(ioctl(fd, FIONREAD, &number));
    num(number);
    ret(ioctl(fd, TCGETS, &settings));
    fd = open("/dev/null", O_RDWR);
    ret(ioctl(fd, TCGETS, &settings));
    ret(write(fd, "x", 100));
    ret(read(fd, p, 4));
    fd = open("/dev/zero", O_RDWR);
    char block[16];
    memset(block, 1, sizeof block);
    ret(read(fd, block, 16));
    num(block[15]);
    ret(lseek(fd, 100, SEEK_SET) >= 0);
    fd = open("/dev/full", O_RDWR);
    ret(write(fd, "x", 1));
    ret(read(fd, block, 16));
    fd = open("/dev/urandom", O_RDONLY);
    ret(read(fd, block, 16));
    return 0;
}
