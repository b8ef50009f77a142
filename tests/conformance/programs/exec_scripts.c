/* #! scripts: the interpreter's arguments, nesting, long lines; execlp's search along PATH. */
#include "check.h"

static char program[512];

static void script(const char *name, const char *line)
{
    put_file(name, line);
    chmod(name, 0755);
}

static void run(const char *path, char *argument)
{
    pid_t pid = fork();
    if (pid == 0) {
        execve(path, (char *[]){"zero", argument, NULL}, (char *[]){"AGAIN=1", NULL});
        say("%s: %s", path, error_name(errno));
        _exit(1);
    }
    reap(path, pid);
}

int main(int argc, char **argv)
{
    if (getenv("AGAIN")) {
        for (int i = 1; i < argc; i++)
            say("  argv[%d] = \"%s\"", i, argv[i]);
        return argc;
    }
    int in = open("/proc/self/exe", O_RDONLY), out = open("me", O_WRONLY | O_CREAT, 0755);
    char block[4096], line[512];
    for (int got; (got = read(in, block, sizeof block)) > 0;)
        write(out, block, got);
    close(out);
    run("./me", "plain");
    script("one", "#!./me\nrest of the file\n");
    run("./one", "A");
    script("two", "#! ./me  -x with spaces \n");
    run("./two", "B");
    script("tabs", "#!\t./me\t\n");
    run("./tabs", "C");
    script("noeol", "#!./me");
    run("./noeol", "D");
    script("nested", "#!./one arg\n");
    run("./nested", "E");
    char name[16], next[32];
    for (int i = 1; i <= 6; i++) {
        sprintf(name, "level%d", i);
        sprintf(next, i == 1 ? "#!./one\n" : "#!./level%d\n", i - 1);
        script(name, next);
    }
    run("./level3", "F");
    run("./level4", "F");
    run("./level5", "F");
    run("./level6", "F");
    memset(line, 'a', sizeof line);
    memcpy(line, "#!./me ", 7);
    line[200] = 0;
    script("long", line);
    run("./long", "G");
    line[200] = 'a';
    line[400] = 0;
    script("longer", line);
    run("./longer", "H");
    script("dir", "#!.\n");
    run("./dir", "I");
    script("blocked", "#!./plain\n");
    put_file("plain", "x");
    run("./blocked", "J");
    mkdir("bin", 0755);
    script("bin/tool", "#!./me from bin\n");
    mkdir("first", 0755);
    put_file("first/tool", "not executable");
    pid_t pid = fork();
    if (pid == 0) {
        setenv("PATH", "/nowhere:./first:./bin", 1);
        setenv("AGAIN", "1", 1);
        execlp("tool", "tool", "searched", NULL);
        say("execlp: %s", error_name(errno));
        _exit(1);
    }
    reap("along PATH", pid);
    pid = fork();
    if (pid == 0) {
        setenv("PATH", "./first", 1);
        execlp("tool", "tool", NULL);
        say("execlp: %s", error_name(errno));
        execlp("absent", "absent", NULL);
        say("execlp: %s", error_name(errno));
        _exit(1);
    }
    reap("not found", pid);
    return 0;
}
