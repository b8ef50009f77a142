/* Stop and continue: WUNTRACED, WCONTINUED, SIGCHLD codes, SA_NOCLDSTOP, SA_NOCLDWAIT, what SIGCONT discards. */
#include "check.h"

static volatile int codes[16], statuses[16], count;

static void on_child(int number, siginfo_t *info, void *context)
{
    codes[count] = info->si_code;
    statuses[count++] = info->si_status;
}

static void show_codes(const char *when)
{
    for (int i = 0; i < count; i++)
        say("%s: SIGCHLD code %d status %d", when, codes[i], statuses[i]);
    if (count == 0)
        say("%s: no SIGCHLD", when);
    count = 0;
}

static void on_cont(int number)
{
    write(1, "continued\n", 10);
}

static void wait_for(const char *what, pid_t pid, int options)
{
    int status = 0;
    pid_t got;
    do
        got = waitpid(pid, &status, options);
    while (got < 0 && errno == EINTR);
    if (got == pid)
        show_status(what, status);
    else
        say("%s: %s", what, got ? error_name(errno) : "not yet");
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_RESTART};
    siginfo_t info;
    int status;
    sigaction(SIGCHLD, &action, NULL);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGCONT, on_cont);
        for (;;)
            pause();
    }
    ret(kill(pid, SIGSTOP));
    wait_for("stopped", pid, WUNTRACED);
    show_codes("stopped");
    wait_for("told once", pid, WUNTRACED | WNOHANG);
    ret(kill(pid, SIGUSR1));
    wait_for("a signal to a stopped one waits", pid, WNOHANG);
    ret(kill(pid, SIGCONT));
    int got = waitpid(pid, &status, 0);
    yes(got == pid);
    show_status("then it dies of it", status);
    count = 0;
    pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    kill(pid, SIGTSTP);
    ret(waitid(P_PID, pid, &info, WSTOPPED));
    say("waitid: code %d status %d", info.si_code, info.si_status);
    ret(waitid(P_PID, pid, &info, WSTOPPED | WNOHANG));
    num(info.si_pid);
    show_codes("SIGTSTP");
    kill(pid, SIGCONT);
    ret(waitid(P_PID, pid, &info, WCONTINUED));
    say("waitid: code %d status %d", info.si_code, info.si_status);
    /* The signal comes when the child runs again, which may be later. */
    while (!count)
        usleep(100);
    show_codes("SIGCONT");
    wait_for("again", pid, WCONTINUED | WNOHANG);
    kill(pid, SIGTTIN);
    wait_for("SIGTTIN", pid, WUNTRACED);
    kill(pid, SIGKILL);
    wait_for("killed while stopped", pid, 0);
    count = 0;
    /* SA_NOCLDSTOP: only ends are told. */
    action.sa_flags |= SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, NULL);
    pid = fork();
    if (pid == 0) {
        raise(SIGSTOP);
        _exit(8);
    }
    wait_for("stopped itself", pid, WUNTRACED);
    show_codes("SA_NOCLDSTOP");
    kill(pid, SIGCONT);
    wait_for("went on", pid, 0);
    show_codes("end");
    action.sa_flags = SA_SIGINFO | SA_RESTART | SA_NOCLDWAIT;
    sigaction(SIGCHLD, &action, NULL);
    pid = fork();
    if (pid == 0)
        _exit(8);
    ret(waitpid(pid, &status, 0));
    show_codes("SA_NOCLDWAIT");
    signal(SIGCHLD, SIG_DFL);
    /* SIGCONT takes back a pending stop; a stop takes back a pending SIGCONT. */
    pid = fork();
    if (pid == 0) {
        sigset_t set, pending;
        sigemptyset(&set);
        sigaddset(&set, SIGTSTP);
        sigaddset(&set, SIGCONT);
        sigprocmask(SIG_BLOCK, &set, NULL);
        raise(SIGTSTP);
        sigpending(&pending);
        say("SIGTSTP pending: %d", sigismember(&pending, SIGTSTP));
        raise(SIGCONT);
        sigpending(&pending);
        say("SIGTSTP pending: %d, SIGCONT pending: %d", sigismember(&pending, SIGTSTP), sigismember(&pending, SIGCONT));
        signal(SIGCONT, on_cont);
        raise(SIGCONT);
        raise(SIGTSTP);
        sigpending(&pending);
        say("SIGTSTP pending: %d, SIGCONT pending: %d", sigismember(&pending, SIGTSTP), sigismember(&pending, SIGCONT));
        _exit(0);
    }
    reap("child", pid);
    /* An orphaned process group does not stop by SIGTSTP. */
    pid = fork();
    if (pid == 0) {
        setsid();
        raise(SIGTSTP);
        say("not stopped: the group is orphaned");
        _exit(4);
    }
    wait_for("orphaned group", pid, WUNTRACED);
    return 0;
}
