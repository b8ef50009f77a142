/* vfork, posix_spawn with its actions and attributes, system and popen where there is a shell. */
#include "check.h"
#include <spawn.h>

extern char **environ;

static int child_main(int argc, char **argv)
{
    char line[64];
    sigset_t mask;
    struct sigaction action;
    say("child: %s", argv[1]);
    int got = read(0, line, sizeof line);
    say("stdin: \"%s\"", got < 0 ? error_name(errno) : escaped(line, got));
    sigprocmask(0, NULL, &mask);
    say("SIGUSR1 blocked: %d", sigismember(&mask, SIGUSR1));
    sigaction(SIGUSR2, NULL, &action);
    say("SIGUSR2 ignored: %d", action.sa_handler == SIG_IGN);
    say("own group: %d", getpgrp() == getpid());
    say("descriptor 9: %s", fcntl(9, F_GETFD) < 0 ? error_name(errno) : "open");
    return 5;
}

static volatile int shared = 1;

static void spawn(const char *what, const char *path, const posix_spawn_file_actions_t *actions,
                  const posix_spawnattr_t *attributes)
{
    pid_t pid;
    char *arguments[] = {"x", "spawned", NULL};
    int error = posix_spawn(&pid, path, actions, attributes, arguments, environ);
    if (error)
        say("%s: %s", what, error_name(error));
    else
        reap(what, pid);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child_main(argc, argv);
    pid_t pid = vfork();
    if (pid == 0) {
        shared = 2;
        _exit(3);
    }
    num(shared);
    reap("vfork", pid);
    pid = vfork();
    if (pid == 0) {
        execl("/proc/self/exe", "x", "after vfork", NULL);
        _exit(127);
    }
    reap("vfork and exec", pid);
    pid = vfork();
    if (pid == 0) {
        execl("/no/such/file", "x", NULL);
        shared = errno;
        _exit(127);
    }
    num(shared == ENOENT);
    reap("vfork and failed exec", pid);
    spawn("spawn", "/proc/self/exe", NULL, NULL);
    spawn("missing program", "/no/such/file", NULL, NULL);
    put_file("input", "from a file");
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    err(posix_spawn_file_actions_addopen(&actions, 0, "input", O_RDONLY, 0));
    err(posix_spawn_file_actions_adddup2(&actions, 1, 9));
    posix_spawnattr_init(&attributes);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    err(posix_spawnattr_setsigmask(&attributes, &set));
    signal(SIGUSR2, SIG_IGN);
    err(posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP));
    err(posix_spawnattr_setpgroup(&attributes, 0));
    spawn("with actions", "/proc/self/exe", &actions, &attributes);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    err(posix_spawnattr_setsigdefault(&attributes, &set));
    err(posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF));
    spawn("with defaults", "/proc/self/exe", NULL, &attributes);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "missing", O_RDONLY, 0);
    spawn("an action fails", "/proc/self/exe", &actions, NULL);
    err(posix_spawnp(&pid, "no-such-program", NULL, NULL, argv, environ));
    int status;
    ret(wait(&status));
    return 0;
}
