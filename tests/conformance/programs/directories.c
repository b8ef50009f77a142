/* getdents64, opendir, chdir, fchdir, getcwd: sorted names, types, positions. */
#include "check.h"
#include <dirent.h>

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *path)
{
    char *names[64];
    int count = 0;
    DIR *dir = opendir(path);
    if (!dir) {
        say("opendir %s: %s", path, error_name(errno));
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir)) && count < 64;) {
        names[count] = malloc(300);
        snprintf(names[count++], 300, "%s type %d", entry->d_name, entry->d_type);
    }
    closedir(dir);
    qsort(names, count, sizeof *names, by_name);
    for (int i = 0; i < count; i++) {
        say("%s: %s", path, names[i]);
        free(names[i]);
    }
}

int main(void)
{
    char buffer[4096], cwd[512];
    mkdir("d", 0755);
    mkdir("d/sub", 0755);
    put_file("d/file", "");
    symlink("x", "d/link");
    mkfifo("d/fifo", 0600);
    list("d");
    list("d/sub");
    list("d/file");
    list("missing");
    int fd = open("d", O_RDONLY | O_DIRECTORY);
    ret(syscall(SYS_getdents64, fd, buffer, 4) );
    long got = ok(syscall(SYS_getdents64, fd, buffer, sizeof buffer));
    int count = 0, dots = 0;
    for (long at = 0; at < got;) {
        unsigned short length = *(unsigned short *)(buffer + at + 16);
        const char *name = buffer + at + 19;
        count++;
        dots += name[0] == '.';
        if (length % 8)
            say("a record of %d bytes", length);
        at += length;
    }
    num(count);
    num(dots);
    ret(syscall(SYS_getdents64, fd, buffer, sizeof buffer));
    ret(lseek(fd, 0, SEEK_SET));
    yes(syscall(SYS_getdents64, fd, buffer, sizeof buffer) == got);
    ret(syscall(SYS_getdents64, 999, buffer, sizeof buffer));
    lseek(fd, 0, SEEK_SET);
    ret(syscall(SYS_getdents64, fd, 8, sizeof buffer));
    int file = open("d/file", O_RDONLY);
    ret(syscall(SYS_getdents64, file, buffer, sizeof buffer));
    DIR *dir = opendir("d");
    struct dirent *first = readdir(dir);
    char name[256];
    strcpy(name, first->d_name);
    long position = telldir(dir);
    struct dirent *second = readdir(dir);
    char then[256];
    strcpy(then, second->d_name);
    seekdir(dir, position);
    yes(!strcmp(readdir(dir)->d_name, then));
    rewinddir(dir);
    yes(!strcmp(readdir(dir)->d_name, name));
    closedir(dir);
    getcwd(cwd, sizeof cwd);
    ret(chdir("d/sub"));
    getcwd(buffer, sizeof buffer);
    yes(!strcmp(buffer + strlen(cwd), "/d/sub"));
    ret(chdir("../.."));
    yes(!strcmp(getcwd(buffer, sizeof buffer), cwd));
    ret(fchdir(fd));
    str(getcwd(buffer, sizeof buffer) + strlen(cwd));
    ret(fchdir(file));
    ret(fchdir(999));
    ret(chdir("file"));
    ret(chdir("nothing"));
    ret(syscall(SYS_getcwd, buffer, 3));
    yes(syscall(SYS_getcwd, buffer, sizeof buffer) == (long)strlen(buffer) + 1);
    ret(chdir("sub"));
    ret(rmdir("../sub"));
    ret(syscall(SYS_getcwd, buffer, sizeof buffer));
    ret(open("new", O_CREAT | O_WRONLY, 0644));
    ret(chdir(".."));
    list(".");
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "many%02d", i);
        put_file(name, "");
    }
    fd = open(".", O_RDONLY);
    count = 0;
    int calls = 0;
    while ((got = syscall(SYS_getdents64, fd, buffer, 100)) > 0) {
        calls++;
        for (long at = 0; at < got; at += *(unsigned short *)(buffer + at + 16))
            count++;
    }
    num(count);
    num(calls > 10);
    unlink("many07");
    yes(access("many07", F_OK) == -1);
    return 0;
}
