// title: A tiny shell
// about: Prompt, read, do, again: cd is a call of the shell's own, for a child could only change its own directory. Type help.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void run(const char *name,
                const char *word) {
    char path[200];
    if (!strcmp(name, "help"))
        puts("cd, pwd, echo, pid, exit");
    else if (!strcmp(name, "pwd"))
        puts(getcwd(path, sizeof path));
    else if (!strcmp(name, "echo"))
        puts(word);
    else if (!strcmp(name, "pid"))
        printf("%d\n", (int)getpid());
    else if (!strcmp(name, "cd")) {
        if (chdir(word) != 0)
            perror(word);
    } else
        printf("%s: not found\n", name);
}

int main(void) {
    char line[200];
    for (;;) {
        printf("$ ");
        fflush(stdout);
        if (!fgets(line, 200, stdin))
            break;
        char *name = strtok(line, " \n");
        char *word = strtok(NULL, " \n");
        if (!name)
            continue;
        if (!strcmp(name, "exit"))
            break;
        run(name, word ? word : "");
    }
    return 0;
}
