/* execve: arguments, environment, close-on-exec, dispositions and masks, and each refusal. Runs itself again. */
#include "check.h"
#include <sys/resource.h>

extern char **environ;

static char *self = "/proc/self/exe";

static void after(int argc, char **argv)
{
    sigset_t mask;
    struct sigaction action;
    for (int i = 1; i < argc; i++)
        say("argv[%d] = \"%s\"", i, escaped(argv[i], strlen(argv[i])));
    for (char **setting = environ; *setting; setting++)
        say("env %s", *setting);
    say("descriptor 10: %s", fcntl(10, F_GETFD) < 0 ? error_name(errno) : "open");
    say("descriptor 11: %s", fcntl(11, F_GETFD) < 0 ? error_name(errno) : "open");
    sigprocmask(0, NULL, &mask);
    say("SIGUSR1 blocked: %d", sigismember(&mask, SIGUSR1));
    sigpending(&mask);
    say("SIGUSR1 pending: %d", sigismember(&mask, SIGUSR1));
    sigaction(SIGUSR2, NULL, &action);
    say("SIGUSR2 ignored: %d", action.sa_handler == SIG_IGN);
    sigaction(SIGHUP, NULL, &action);
    say("SIGHUP default: %d", action.sa_handler == SIG_DFL);
    num(umask(0));
    num(alarm(0) > 0);
    char cwd[512];
    str(strrchr(getcwd(cwd, sizeof cwd), '/'));
    _exit(7);
}

static void try(const char *what, const char *path, char **argv, char **env)
{
    execve(path, argv, env);
    say("%s: %s", what, error_name(errno));
}

int main(int argc, char **argv)
{
    if (argc > 1)
        after(argc, argv);
    char *arguments[] = {"name", "one", "", "three words here", "\377", NULL}, *none[] = {NULL};
    char *settings[] = {"A=1", "B=two words", "odd", NULL};
    mkdir("here", 0755);
    chdir("here");
    dup2(1, 10);
    dup2(1, 11);
    fcntl(10, F_SETFD, FD_CLOEXEC);
    pid_t pid = fork();
    if (pid == 0) {
        sigset_t mask;
        sigemptyset(&mask);
        sigaddset(&mask, SIGUSR1);
        sigprocmask(SIG_BLOCK, &mask, NULL);
        raise(SIGUSR1);
        signal(SIGUSR2, SIG_IGN);
        signal(SIGHUP, (void (*)(int))main);
        umask(057);
        alarm(100);
        try("itself", self, arguments, settings);
    }
    reap("after exec", pid);
    put_file("text", "not a program\n");
    chmod("text", 0755);
    put_file("plain", "");
    put_file("empty", "");
    chmod("empty", 0755);
    put_file("bad", "#!/no/such/interpreter\n");
    chmod("bad", 0755);
    put_file("noshebang", "#!\n");
    chmod("noshebang", 0755);
    put_file("elf", "\177ELF nonsense which is not long enough to be a program header at all and so is refused....");
    chmod("elf", 0755);
    mkdir("dir", 0755);
    symlink("loop", "loop");
    try("missing", "missing", arguments, none);
    try("empty name", "", arguments, none);
    try("directory", "dir", arguments, none);
    try("not executable", "plain", arguments, none);
    try("text", "text", arguments, none);
    try("empty file", "empty", arguments, none);
    try("no interpreter", "bad", arguments, none);
    try("empty #!", "noshebang", arguments, none);
    try("bad ELF", "elf", arguments, none);
    try("below a file", "plain/x", arguments, none);
    try("loop", "loop", arguments, none);
    try("bad path", (char *)8, arguments, none);
    try("bad argv", self, (char **)8, none);
    try("bad argv string", self, (char *[]){"x", (char *)8, NULL}, none);
    char *big = malloc(140000);
    memset(big, 'x', 140000);
    big[139999] = 0;
    try("a string too long", self, (char *[]){"x", big, NULL}, none);
    big[131071] = 0;
    pid = fork();
    if (pid == 0) {
        char *many[40];
        for (int i = 0; i < 39; i++)
            many[i] = big;
        many[39] = NULL;
        try("together too long", self, many, none);
        _exit(0);
    }
    reap("E2BIG", pid);
    int fd = open("text", O_WRONLY);
    try("open for writing", "text", arguments, none);
    close(fd);
    fd = open(self, O_RDONLY | O_CLOEXEC);
    pid = fork();
    if (pid == 0) {
        syscall(SYS_execveat, fd, "", (char *[]){"x", "by descriptor", NULL}, none, AT_EMPTY_PATH);
        say("execveat: %s", error_name(errno));
        _exit(1);
    }
    reap("execveat", pid);
    ret(syscall(SYS_execveat, 999, "x", arguments, none, 0));
    ret(syscall(SYS_execveat, 999, "", arguments, none, AT_EMPTY_PATH));
    ret(syscall(SYS_execveat, AT_FDCWD, "text", arguments, none, 0x4000));
    ret(syscall(SYS_execveat, AT_FDCWD, "loop", arguments, none, AT_SYMLINK_NOFOLLOW));
    return 0;
}
