#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <netinet/in.h>
#include <termios.h>

static void say(const char *what, long value) {
    char line[200];
    int n = snprintf(line, sizeof line, "%s %ld\n", what, value);
    write(1, line, n);
}
static void on(int signo, void (*handler)(int), int flags) {
    struct sigaction act = {0};
    act.sa_handler = handler;
    act.sa_flags = flags;
    sigaction(signo, &act, 0);
}
static void nothing(int s) {}
static volatile long count;
static void counting(int s) { count++; }

static void fork_bomb(void) { for (;;) fork(); }
static void fork_until(void) {
    long n = 0;
    for (;;) { pid_t p = fork(); if (!p) { pause(); _exit(0);} if (p < 0) break; n++; }
    say("forked", n > 100); say(strerrorname_np(errno), 0);
}
static void zombies(void) {
    long n = 0;
    for (;;) { pid_t p = fork(); if (!p) _exit(0); if (p < 0) break; n++; }
    say(strerrorname_np(errno), n > 100);
}
static void *forever(void *x) { for (;;) pause(); }
static void thread_bomb(void) {
    pthread_attr_t a; pthread_attr_init(&a); pthread_attr_setstacksize(&a, 16384);
    pthread_t t; long n = 0; int e;
    while (!(e = pthread_create(&t, &a, forever, 0))) n++;
    say(strerrorname_np(e), n > 100);
}
static void vfork_chain(void) {
    volatile int depth = 0;
    for (;;) { pid_t p = vfork(); if (p < 0) { say(strerrorname_np(errno), depth > 50); _exit(0);} if (p > 0) { _exit(0);} depth++; }
}
static int child(void *x) { for (int i = 0; i < 3; i++) getppid(); return 0; }
static void clone_combinations(void) {
    static char stacks[64][4096];
    for (unsigned long i = 0; i < 4096; i++) {
        unsigned long flags = (i & 0x3ff) << 8 | (i & 0xc00) << 12 | (i & 1 ? SIGCHLD : 0);
        clone(child, stacks[i & 63] + 4000, flags & ~CLONE_VFORK, 0, &count, 0, &count);
        while (waitpid(-1, 0, __WALL | WNOHANG) > 0);
    }
}
static void sigchld_flood(void) {
    on(SIGCHLD, counting, SA_RESTART);
    for (;;) { if (!fork()) _exit(0); while (waitpid(-1, 0, WNOHANG) > 0); }
}
static void rt_queue(void) {
    sigset_t all; sigfillset(&all); sigprocmask(SIG_BLOCK, &all, 0);
    union sigval v = {0}; long n = 0;
    while (!sigqueue(getpid(), SIGRTMIN + 1, v)) n++;
    say(strerrorname_np(errno), n);
}
static void signal_self(void) { on(SIGUSR1, nothing, SA_NODEFER); for (;;) raise(SIGUSR1); }
static void signal_recursion_h(int s) { raise(SIGUSR1); }
static void signal_recursion(void) { on(SIGUSR1, signal_recursion_h, SA_NODEFER); raise(SIGUSR1); }
static void itimer_storm(void) {
    on(SIGALRM, counting, 0); on(SIGVTALRM, counting, 0); on(SIGPROF, counting, 0);
    struct itimerval t = {{0, 1}, {0, 1}};
    setitimer(ITIMER_REAL, &t, 0); setitimer(ITIMER_VIRTUAL, &t, 0); setitimer(ITIMER_PROF, &t, 0);
    for (;;) ;
}
static void itimer_ignored(void) {
    signal(SIGALRM, SIG_IGN);
    struct itimerval t = {{0, 1}, {0, 1}};
    setitimer(ITIMER_REAL, &t, 0);
    pause();
}
static void timerfd_storm(void) {
    struct itimerspec t = {{0, 1}, {0, 1}};
    for (int i = 0; i < 100; i++) timerfd_settime(timerfd_create(CLOCK_MONOTONIC, 0), 0, &t, 0);
    pause();
}
static void timerfd_poll(void) {
    struct itimerspec t = {{0, 1}, {0, 1}};
    int fd = timerfd_create(CLOCK_MONOTONIC, 0); timerfd_settime(fd, 0, &t, 0);
    unsigned long n; struct timespec s = {100000, 0};
    nanosleep(&s, 0);
    read(fd, &n, 8); say("ticks", n > 1000000);
    timerfd_settime(fd, 0, &t, 0);
    struct pollfd p = {fd, POLLIN, 0};
    for (;;) { poll(&p, 1, -1); read(fd, &n, 8); }
}
static void posix_timers(void) {
    on(SIGRTMIN, counting, 0);
    struct sigevent e = {0}; e.sigev_notify = SIGEV_SIGNAL; e.sigev_signo = SIGRTMIN;
    struct itimerspec t = {{0, 1}, {0, 1}};
    for (;;) { timer_t id; if (timer_create(CLOCK_MONOTONIC, &e, &id)) break; timer_settime(id, 0, &t, 0); }
    say(strerrorname_np(errno), 1);
    for (;;) pause();
}
static void timer_overrun(void) {
    sigset_t all; sigfillset(&all); sigprocmask(SIG_BLOCK, &all, 0);
    struct sigevent e = {0}; e.sigev_notify = SIGEV_SIGNAL; e.sigev_signo = SIGRTMIN;
    struct itimerspec t = {{0, 1}, {0, 1}}; timer_t id;
    timer_create(CLOCK_MONOTONIC, &e, &id); timer_settime(id, 0, &t, 0);
    struct timespec s = {1000000, 0}; nanosleep(&s, 0);
    siginfo_t i; sigwaitinfo(&all, &i); say("overrun", i.si_overrun == 0x7fffffff);
}
static void epoll_nest(void) {
    int last = eventfd(0, 0), first = last; long n = 0;
    for (;;) {
        int e = epoll_create1(0); struct epoll_event ev = {EPOLLIN, {0}};
        if (e < 0 || epoll_ctl(e, EPOLL_CTL_ADD, last, &ev)) break;
        last = e; n++;
    }
    say(strerrorname_np(errno), n);
    unsigned long one = 1;
    for (int i = 0; i < 100; i++) write(first, &one, 8);
    struct epoll_event ev; say("wait", epoll_wait(last, &ev, 1, 0));
}
static void epoll_wide(void) {
    int es[40]; int x = eventfd(0, 0); struct epoll_event ev = {EPOLLIN, {0}};
    for (int i = 0; i < 40; i++) es[i] = epoll_create1(0);
    for (int i = 0; i < 40; i++) { epoll_ctl(es[i], EPOLL_CTL_ADD, x, &ev); for (int j = 0; j < i; j++) epoll_ctl(es[i], EPOLL_CTL_ADD, es[j], &ev); }
    say(strerrorname_np(errno), 0);
    unsigned long one = 1;
    for (int i = 0; i < 3; i++) write(x, &one, 8);
    say("wait", epoll_wait(es[39], &ev, 1, 0));
}
static void pipes_full(void) {
    static char b[65536]; long n = 0; int p[2];
    while (!pipe2(p, O_NONBLOCK)) { fcntl(p[1], F_SETPIPE_SZ, 1 << 20); while (write(p[1], b, sizeof b) > 0); n++; }
    say(strerrorname_np(errno), n);
    for (;;) if (!fork()) { int p[2]; for (;;) { pipe2(p, O_NONBLOCK); fcntl(p[1], F_SETPIPE_SZ, 1 << 20); while (write(p[1], b, sizeof b) > 0); if (p[0] > 1000) { closefrom(3); } } }
}
static void many_pipes(void) {
    static char b[65536];
    for (int i = 0; i < 60; i++) if (!fork()) { int p[2]; while (!pipe2(p, O_NONBLOCK)) { fcntl(p[1], F_SETPIPE_SZ, 1 << 20); while (write(p[1], b, sizeof b) > 0); } pause(); }
    pause();
}
static void sockets_full(void) {
    static char b[65536]; int big = 1 << 30;
    for (int i = 0; i < 60; i++) if (!fork()) { int p[2]; while (!socketpair(1, 1 | SOCK_NONBLOCK, 0, p)) { setsockopt(p[0], 1, SO_SNDBUF, &big, 4); while (write(p[0], b, sizeof b) > 0); } pause(); }
    pause();
}
static void tcp_full(void) {
    static char b[65536]; int big = 1 << 30;
    for (int i = 0; i < 60; i++) if (!fork()) {
        struct sockaddr_in a = {AF_INET}; a.sin_addr.s_addr = htonl(0x7f000001); socklen_t l = sizeof a;
        int s = socket(2, 1, 0); setsockopt(s, 1, SO_RCVBUF, &big, 4); bind(s, (void *)&a, l); listen(s, 4096); getsockname(s, (void *)&a, &l);
        for (;;) { int c = socket(2, 1, 0); if (c < 0) break; setsockopt(c, 1, SO_SNDBUF, &big, 4); connect(c, (void *)&a, l); fcntl(c, F_SETFL, O_NONBLOCK); while (write(c, b, sizeof b) > 0); }
        pause(); }
    pause();
}
static int sendfd(int s, int fd) {
    char cbuf[CMSG_SPACE(4)] = {0}; char x = 'x'; struct iovec v = {&x, 1};
    struct msghdr m = {0}; m.msg_iov = &v; m.msg_iovlen = 1; m.msg_control = cbuf; m.msg_controllen = sizeof cbuf;
    struct cmsghdr *c = CMSG_FIRSTHDR(&m); c->cmsg_level = SOL_SOCKET; c->cmsg_type = SCM_RIGHTS; c->cmsg_len = CMSG_LEN(4);
    memcpy(CMSG_DATA(c), &fd, 4); return sendmsg(s, &m, MSG_DONTWAIT);
}
static void scm_recursion(void) {
    int held[2] = {-1, -1}; long n = 0;
    for (;;) { int p[2]; if (socketpair(1, 1, 0, p)) break; if (held[0] >= 0) { if (sendfd(p[0], held[0]) < 0 || sendfd(p[0], held[1]) < 0) break; close(held[0]); close(held[1]);} held[0] = p[0]; held[1] = p[1]; n++; if (n > 3000) break; }
    say(strerrorname_np(errno), n);
    close(held[0]); close(held[1]); say("closed", 0);
}
static void scm_self(void) {
    for (int i = 0; i < 2000; i++) { int p[2]; if (socketpair(1, 1, 0, p)) { say(strerrorname_np(errno), i); break;} sendfd(p[0], p[0]); sendfd(p[0], p[1]); close(p[0]); close(p[1]); }
}
static void memfd_fill(void) {
    static char b[1 << 16]; int f = memfd_create("x", 0); while (write(f, b, sizeof b) > 0); say(strerrorname_np(errno), 0);
}
static void file_fill(void) {
    static char b[1 << 16]; memset(b, 1, sizeof b);
    for (int i = 0;; i++) { char n[30]; sprintf(n, "f%d", i); int f = open(n, O_CREAT | O_RDWR, 0600); if (f < 0) break; long k = 0; while (k++ < 100 && write(f, b, sizeof b) > 0); close(f); if (k < 100) break; }
    say(strerrorname_np(errno), 0);
}
static void empty_files(void) {
    for (int i = 0;; i++) { char n[30]; sprintf(n, "f%d", i); int f = open(n, O_CREAT | O_RDWR, 0600); if (f < 0) break; close(f); }
    say(strerrorname_np(errno), 0);
}
static void sparse(void) {
    int f = open("s", O_CREAT | O_RDWR, 0600); say("trunc", ftruncate(f, 1L << 40));
    char c; for (long i = 0; i < 1000; i++) pwrite(f, "x", 1, i << 28);
    posix_fallocate(f, 0, 1L << 40); say(strerrorname_np(errno), 0);
    ftruncate(f, 0);
    void *m = mmap(0, 1 << 20, 3, MAP_SHARED, f, 0); ftruncate(f, 1L << 41);
    int g = open("t", O_CREAT | O_RDWR, 0600); long o = 0; say("copy", copy_file_range(f, &o, g, 0, 1L << 40, 0) >= 0);
    o = 0; say("sendfile", syscall(SYS_sendfile, g, f, &o, 0x7ffff000) >= 0);
}
static void shm_fill(void) {
    for (;;) { int id = shmget(IPC_PRIVATE, 16 << 20, IPC_CREAT | 0600); if (id < 0) break; char *p = shmat(id, 0, 0); if (p == (void *)-1) break; for (long i = 0; i < 16 << 20; i += 4096) p[i] = 1; }
    say(strerrorname_np(errno), 0);
}
static void shm_ids(void) { long n = 0; while (shmget(IPC_PRIVATE, 1, IPC_CREAT | 0600) >= 0) n++; say(strerrorname_np(errno), n); }
static void populate(void) {
    for (int i = 20; i < 47; i++) { void *p = mmap(0, 1L << i, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_NORESERVE, -1, 0); if (p == MAP_FAILED) { say(strerrorname_np(errno), i); } }
}
static void mmap_huge(void) {
    long n = 0; for (;; n++) if (mmap(0, 1L << 40, 0, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) == MAP_FAILED) break;
    say(strerrorname_np(errno), n); 
    for (n = 0;; n++) if (mmap(0, 4096, n & 1 ? 1 : 0, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) break;
    say(strerrorname_np(errno), n); 
}
static void mprotect_huge(void) {
    char *p = mmap(0, 1L << 45, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    say("mapped", p != MAP_FAILED); if (p == MAP_FAILED) { p = mmap(0, 1L << 44, 0, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0); }
    size_t s = 1L << 44;
    mprotect(p, s, 1); madvise(p, s, MADV_DONTNEED); madvise(p, s, MADV_WILLNEED); mlock(p, s); msync(p, s, MS_SYNC); munlock(p, s); madvise(p, s, MADV_POPULATE_READ); say(strerrorname_np(errno), 0); madvise(p, s, MADV_PAGEOUT); madvise(p, s, MADV_COLD); mremap(p, s, s - 4096, 0);
    madvise(p, s, MADV_FREE); static unsigned char v[4096]; mincore(p, 4096L * 4096, v); mincore(p, s, v); munmap(p, s); 
    mlockall(MCL_CURRENT | MCL_FUTURE);
    mmap(0, s, 1, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0); say(strerrorname_np(errno), 0);
}
static void mremap_loop(void) {
    char *p = mmap(0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); size_t s = 4096;
    for (;;) { char *q = mremap(p, s, s * 2, MREMAP_MAYMOVE); if (q == MAP_FAILED) break; p = q; s *= 2; p[s - 1] = 1; }
    say(strerrorname_np(errno), 0);
    s = 1 << 20;
    for (;;) { p = mremap(p, s, s, MREMAP_MAYMOVE); if (p == MAP_FAILED) break; }
}
static void deep_directories(void) { long n = 0; while (!mkdir("d", 0700) && !chdir("d")) { if (n++ > 5000) break; } say(strerrorname_np(errno), n); static char b[100000]; errno = 0; getcwd(b, sizeof b); say(strerrorname_np(errno) ?: "0", 0); }
static void symlink_loops(void) {
    symlink("b", "a"); symlink("a", "b"); open("a", 0); say(strerrorname_np(errno), 0);
    for (int i = 0; i < 100; i++) { char x[10], y[20]; sprintf(x, "l%d", i); sprintf(y, "l%d/l%d", i + 1, i + 1); symlink(y, x); }
    open("l0", 0); say(strerrorname_np(errno), 0);
    symlink(".", "dot"); static char p[4096]; for (int i = 0; i < 1000; i++) strcat(p, "dot/"); open(p, 0); say(strerrorname_np(errno), 0);
}
static void one_byte(void) { for (;;) write(1, "x", 1); }
static void inotify_flood(void) {
    int i = inotify_init1(0); inotify_add_watch(i, ".", IN_ALL_EVENTS);
    for (long n = 0;; n++) { char name[30]; sprintf(name, "f%ld", n & 1); close(open(name, O_CREAT | O_RDWR, 0600)); unlink(name); }
}
static void inotify_many(void) { long n = 0; while (inotify_init1(0) >= 0) n++; say(strerrorname_np(errno), n); }
static void exec_loop(void) { char *a[] = {"bomb", "exec_loop", 0}; execv("/proc/self/exe", a); say(strerrorname_np(errno), 0); }
static void script_loop(void) {
    for (int i = 0; i < 8; i++) { char n[30], b[60]; sprintf(n, "s%d", i); int f = open(n, O_CREAT | O_WRONLY, 0700); sprintf(b, "#!./s%d\n", (i + 1) % 8); write(f, b, strlen(b)); close(f); }
    char *a[] = {"s0", 0}; execv("./s0", a); say(strerrorname_np(errno), 0);
    static char big[200000]; memset(big, 'x', sizeof big - 1); char *many[] = {"x", big, 0}; execv("/proc/self/exe", many); say(strerrorname_np(errno), 0);
    static char *lots[100001]; big[131000] = 0; for (int i = 0; i < 100000; i++) lots[i] = big; execv("/proc/self/exe", lots); say(strerrorname_np(errno), 0);
}
static int word;
static void *futexes(void *x) { for (;;) { syscall(SYS_futex, &word, 1, 1, 0, 0, 0); syscall(SYS_futex, &word, 0, 0, 0, 0, 0); word ^= 1; syscall(SYS_futex, &word, 3, 1, 100, &count, 0);} }
static void futex_storm(void) { pthread_attr_t a; pthread_attr_init(&a); pthread_attr_setstacksize(&a, 16384); pthread_t t; for (int i = 0; i < 100; i++) pthread_create(&t, &a, futexes, 0); futexes(0); }
static int deep(int n) { volatile char b[1000]; b[0] = n; return deep(n + 1) + b[0]; }
static void stack_overflow(void) { deep(0); }
static void segv_h(int s) { count++; if (count > 5) _exit(3); }
static void segv_alt(void) { stack_t s = {malloc(65536), 0, 65536}; sigaltstack(&s, 0); on(SIGSEGV, segv_h, SA_ONSTACK); deep(0); }
static void segv_loop(void) { on(SIGSEGV, counting, SA_NODEFER); *(volatile int *)8 = 1; }
static void segv_noalt(void) { on(SIGSEGV, counting, 0); deep(0); }
static void segv_h2(int s) { *(volatile int *)8 = 1; }
static void segv_recursion(void) { on(SIGSEGV, segv_h2, SA_NODEFER); *(volatile int *)8 = 1; }
static void segv_alt_recursion(void) { stack_t s = {malloc(65536), 0, 65536}; sigaltstack(&s, 0); on(SIGSEGV, segv_h2, SA_ONSTACK | SA_NODEFER); *(volatile int *)8 = 1; }
static void ptrace_loop(void) { pid_t p = fork(); if (!p) { syscall(SYS_ptrace, 0, 0, 0, 0); for (;;) raise(SIGSTOP); } int st; while (waitpid(p, &st, WUNTRACED) > 0 && WIFSTOPPED(st)) if (syscall(SYS_ptrace, 7, p, 0, 0)) kill(p, SIGCONT); }
static void yields(void) { for (int i = 0; i < 200; i++) if (!fork()) for (;;) sched_yield(); for (;;) sched_yield(); }
static void *spin(void *x) { for (;;) count++; }
static void busy_threads(void) { pthread_t t; pthread_create(&t, 0, spin, 0); spin(0); }
static void busy_many(void) { for (int i = 0; i < 200; i++) if (!fork()) spin(0); spin(0); }
static void blocks_all(void) { sigset_t all; sigfillset(&all); sigprocmask(SIG_BLOCK, &all, 0); for (;;) kill(getpid(), SIGTERM); }
static void blocked_spin(void) { sigset_t all; sigfillset(&all); sigprocmask(SIG_BLOCK, &all, 0); spin(0); }
static void stop_all(void) { for (int i = 0; i < 20; i++) if (!fork()) for (;;) pause(); kill(0, SIGSTOP); pause(); }
static void stop_each_other(void) { pid_t p = getpid(); if (!fork()) for (;;) { kill(p, SIGSTOP); kill(p, SIGCONT); } for (;;) count++; }
static void dying_proc(void) {
    for (;;) { pid_t p = fork(); if (!p) _exit(0); char n[60]; static char b[4096]; const char *w[] = {"stat", "status", "maps", "cmdline", "fd", "environ", "mem", "limits", "exe", "cwd", "task", "fdinfo", "io", "auxv", "smaps", "statm", "wchan", "comm"};
      int fds[18]; for (int i = 0; i < 18; i++) { sprintf(n, "/proc/%d/%s", p, w[i]); fds[i] = open(n, 0); }
      waitpid(p, 0, 0);
      for (int i = 0; i < 18; i++) { read(fds[i], b, 4096); syscall(SYS_getdents64, fds[i], b, 4096); readlinkat(fds[i], "", b, 10); openat(fds[i], "0", 0); close(fds[i]); } }
}
static void orphans(void) { for (int i = 0; i < 20; i++) if (!fork()) for (;;) pause(); }
static void orphans_sleep(void) { for (int i = 0; i < 20; i++) if (!fork()) for (;;) sleep(1000000000); }
static void orphans_spin(void) { if (!fork()) spin(0); }
static void background_read(void) { if (!fork()) { setpgid(0, 0); char c; say("read", read(0, &c, 1)); _exit(0);} wait(0); }
static void dents(void) { for (int i = 0; i < 20000; i++) { char n[300]; memset(n, 'x', 250); sprintf(n + 240, "%d", i); if (mknod(n, S_IFREG | 0600, 0)) { say(strerrorname_np(errno), i); break; } } static char b[1 << 20]; int d = open(".", O_DIRECTORY); for (int i = 0; i < 50; i++) { lseek(d, 0, 0); while (syscall(SYS_getdents64, d, b, sizeof b) > 0); } }
static void links(void) { close(open("x", O_CREAT, 0600)); long i = 0; for (;; i++) { char n[30]; sprintf(n, "l%ld", i); if (link("x", n)) break; if (i > 70000) break; } say(strerrorname_np(errno), i); }
static void xattrs(void) { static char v[65536]; close(open("x", O_CREAT, 0600)); for (long i = 0;; i++) { char n[40]; sprintf(n, "user.%ld", i); if (syscall(SYS_setxattr, "x", n, v, 65536, 0)) { say(strerrorname_np(errno), 0); break; } if (i > 20000) { say("many", i); break;} } }
static void locks(void) { int f = open("x", O_CREAT | O_RDWR, 0600); struct flock l = {F_WRLCK, 0, 0, 1}; for (long i = 0; i < 20000; i++) { l.l_start = i * 2; l.l_type = F_WRLCK; if (fcntl(f, F_SETLK, &l)) { say(strerrorname_np(errno), i); break; } } }
static void pty_newlines(void) { int m = posix_openpt(O_RDWR | O_NONBLOCK); grantpt(m); unlockpt(m); open(ptsname(m), O_RDWR | O_NOCTTY); static char b[4096]; memset(b, '\n', sizeof b); for (;;) { struct pollfd p = {m, POLLOUT, 0}; write(m, b, sizeof b); char c[100]; while (read(m, c, 100) > 0); } }
static void ptys(void) { long n = 0; while (posix_openpt(O_RDWR) >= 0) n++; say(strerrorname_np(errno), n); }
static void udp_flood(void) { struct sockaddr_in a = {AF_INET}; a.sin_addr.s_addr = htonl(0x7f000001); socklen_t l = sizeof a; int s = socket(2, 2, 0); bind(s, (void *)&a, l); getsockname(s, (void *)&a, &l); static char b[60000]; for (;;) sendto(s, b, 60000, 0, (void *)&a, l); }
static void unix_dgram_flood(void) { int p[2]; socketpair(1, 2 | SOCK_NONBLOCK, 0, p); long n = 0; while (send(p[0], "", 0, 0) >= 0) n++; say(strerrorname_np(errno), n < 100000); }
static void tcp_syns(void) { struct sockaddr_in a = {AF_INET}; a.sin_addr.s_addr = htonl(0x7f000001); socklen_t l = sizeof a; int s = socket(2, 1, 0); bind(s, (void *)&a, l); listen(s, 1); getsockname(s, (void *)&a, &l); for (;;) { int c = socket(2, 1 | SOCK_NONBLOCK, 0); connect(c, (void *)&a, l); close(c); } }
static void iov_huge(void) { static struct iovec v[1024]; static char b[65536]; for (int i = 0; i < 1024; i++) { v[i].iov_base = b; v[i].iov_len = 65536; } int f = open("/dev/null", O_WRONLY), z = open("/dev/zero", 0), m = open("/dev/urandom", 0); for (int i = 0; i < 3; i++) { writev(f, v, 1024); readv(z, v, 1024); readv(m, v, 1024); } struct iovec w = {mmap(0, 1L << 30, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0), 1L << 30}; say("w", writev(f, &w, 1) >= 0); say("z", read(z, w.iov_base, w.iov_len) >= 0); }
static void big_reads(void) { char *p = mmap(0, 1L << 31, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0); int f = open("big", O_CREAT | O_RDWR, 0600); ftruncate(f, 1L << 40); say("pread", pread(f, p, 1L << 31, 0) > 0); say("getrandom", syscall(SYS_getrandom, p, 1L << 30, 0) > 0); say("pwrite", pwrite(f, p, 1L << 31, 0) > 0); }
static void vm_remote(void) { char *p = mmap(0, 1L << 31, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0); struct iovec a = {p, 1L << 30}, b = {p + (1L << 30), 1L << 30}; say("vm", process_vm_readv(getpid(), &a, 1, &b, 1, 0) >= 0); }
static void splice_loop(void) { int p[2], q[2]; pipe(p); pipe(q); write(p[1], "x", 1); for (;;) { splice(p[0], 0, q[1], 0, 1, 0); tee(q[0], p[1], 1, 0); char c; read(q[0], &c, 1); write(p[1], "x", 1); read(p[0], &c, 1);} }
static void tee_loop(void) { int p[2]; pipe2(p, O_NONBLOCK); write(p[1], "x", 1); for (int i = 0; i < 100000; i++) tee(p[0], p[1], 1L << 30, SPLICE_F_NONBLOCK); say("tee", 0); }
static void zero_sendfile(void) { int z = open("/dev/zero", 0), n = open("/dev/null", O_WRONLY); say("sf", syscall(SYS_sendfile, n, z, 0, 0x7ffff000)); int f = open("out", O_CREAT | O_RDWR, 0600); say("sf", syscall(SYS_sendfile, f, z, 0, 0x7ffff000)); }
static void posix_timer_spin(void) { struct timespec s = {0, 0}; for (;;) clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &s, 0); }
static void poll_many(void) { static struct pollfd p[1024]; for (int i = 0; i < 1024; i++) { p[i].fd = i % 3; p[i].events = POLLIN | POLLOUT; } for (;;) poll(p, 1024, 0); }
static void brk_grow(void) { while (sbrk(1 << 24) != (void *)-1) ; say(strerrorname_np(errno), 0); }
static void touch_all(void) { for (;;) { char *p = mmap(0, 1 << 24, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); if (p == MAP_FAILED) break; for (long i = 0; i < 1 << 24; i += 4096) p[i] = 1; } say(strerrorname_np(errno), 0); }
static void cow_bomb(void) { static char b[8 << 20]; memset(b, 1, sizeof b); for (int i = 0; i < 100; i++) if (!fork()) { memset(b, 2, sizeof b); pause(); } pause(); }
static void args_proc(void) { for (int i = 0; i < 200; i++) { if (!fork()) pause(); } static char b[1 << 16]; for (;;) { int d = open("/proc", O_DIRECTORY); while (syscall(SYS_getdents64, d, b, sizeof b) > 0); close(d); } }
static void maps_read(void) { for (int i = 0; i < 30000; i++) mmap(0, 4096, i & 1 ? 1 : 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); static char b[1 << 16]; for (int k = 0; k < 20; k++) { int f = open("/proc/self/maps", 0); while (read(f, b, sizeof b) > 0); close(f); } say("read", 0); }
static void mem_read(void) { static char b[1 << 16]; int f = open("/proc/self/mem", O_RDWR); for (long i = 0; i < 1000; i++) pread(f, b, sizeof b, i << 37); for (;;) pread(f, b, 1, (long)b); }
static void sigwait_threads(void) { sigset_t all; sigfillset(&all); sigprocmask(SIG_BLOCK, &all, 0); int s; for (int i = 0; i < 50; i++) if (!fork()) for (;;) sigwait(&all, &s); for (;;) kill(0, SIGUSR1); }
static void kill_all(void) { on(SIGUSR1, nothing, 0); for (int i = 0; i < 100; i++) if (!fork()) for (;;) pause(); for (;;) kill(-1, SIGUSR1); }
static void dup_all(void) { long n = 0; while (dup(1) >= 0) n++; say(strerrorname_np(errno), n > 100); }
static void rlimit_fds(void) { struct rlimit r = {1 << 20, 1 << 20}; say("set", setrlimit(RLIMIT_NOFILE, &r)); say("dup2", dup2(1, 1000000) > 0); say("close_range", syscall(SYS_close_range, 3, ~0U, 0)); fd_set *s = calloc(1, 1 << 20); select(1 << 20, s, s, s, &(struct timeval){0, 0}); static struct pollfd p[1]; poll(p, 1 << 20, 0); say(strerrorname_np(errno), 0); }
static void prio_inherit(void) { pthread_mutexattr_t a; pthread_mutexattr_init(&a); pthread_mutexattr_setprotocol(&a, 1); pthread_mutex_t m; pthread_mutex_init(&m, &a); for (int i = 0; i < 1000; i++) { pthread_mutex_lock(&m); pthread_mutex_unlock(&m); } }
static void robust(void) { static long head[3] = {0}; head[0] = (long)head; syscall(SYS_set_robust_list, head, 24); if (!fork()) { static long loop[2][3]; loop[0][0] = (long)loop[1]; loop[1][0] = (long)loop[0]; loop[0][1] = 8; syscall(SYS_set_robust_list, loop[0], 24); _exit(0);} wait(0); say("robust", 0); }

#define B(n) {#n, n}
static struct { const char *name; void (*run)(void); } bombs[] = {
B(fork_bomb), B(fork_until), B(zombies), B(thread_bomb), B(vfork_chain), B(clone_combinations), B(sigchld_flood), B(rt_queue), B(signal_self), B(signal_recursion),
B(itimer_storm), B(itimer_ignored), B(timerfd_storm), B(timerfd_poll), B(posix_timers), B(timer_overrun), B(epoll_nest), B(epoll_wide), B(pipes_full), B(many_pipes), B(sockets_full), B(tcp_full),
B(scm_recursion), B(scm_self), B(memfd_fill), B(file_fill), B(empty_files), B(sparse), B(shm_fill), B(shm_ids), B(populate), B(mmap_huge), B(mprotect_huge), B(mremap_loop), B(deep_directories), B(symlink_loops),
B(one_byte), B(inotify_flood), B(inotify_many), B(exec_loop), B(script_loop), B(futex_storm), B(stack_overflow), B(segv_alt), B(segv_loop), B(segv_noalt), B(segv_recursion), B(segv_alt_recursion), B(ptrace_loop), B(yields), B(busy_threads), B(busy_many), B(blocks_all), B(blocked_spin),
B(stop_all), B(stop_each_other), B(dying_proc), B(orphans), B(orphans_sleep), B(orphans_spin), B(background_read), B(dents), B(links), B(xattrs), B(locks), B(pty_newlines), B(ptys), B(udp_flood), B(unix_dgram_flood), B(tcp_syns), B(iov_huge), B(big_reads), B(vm_remote), B(splice_loop), B(tee_loop), B(zero_sendfile),
B(posix_timer_spin), B(poll_many), B(brk_grow), B(touch_all), B(cow_bomb), B(args_proc), B(maps_read), B(mem_read), B(sigwait_threads), B(kill_all), B(dup_all), B(rlimit_fds), B(prio_inherit), B(robust),
};
int main(int argc, char **argv) {
    for (unsigned i = 0; i < sizeof bombs / sizeof *bombs; i++) {
        if (argc < 2) puts(bombs[i].name);
        else if (!strcmp(argv[1], bombs[i].name)) { bombs[i].run(); return 0; }
    }
    return argc < 2 ? 0 : 99;
}
