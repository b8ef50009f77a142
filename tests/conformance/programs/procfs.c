/* /proc as programs read it: status, stat, maps of one's own regions, fd links, limits, cmdline, mem, sys. */
#include "check.h"
#include <sys/mman.h>
#include <dirent.h>
#include <stdio.h>

static void field(const char *file, const char *name)
{
    char line[512];
    FILE *in = fopen(file, "r");
    if (!in) {
        say("%s: %s", file, error_name(errno));
        return;
    }
    while (fgets(line, sizeof line, in))
        if (!strncmp(line, name, strlen(name))) {
            line[strcspn(line, "\n")] = 0;
            say("%s", escaped(line, strlen(line)));
        }
    fclose(in);
}

static void permissions_of(const char *what, const void *address)
{
    char line[512], perms[8], path[256];
    unsigned long from, to, offset;
    FILE *in = fopen("/proc/self/maps", "r");
    while (in && fgets(line, sizeof line, in)) {
        path[0] = 0;
        if (sscanf(line, "%lx-%lx %7s %lx %*s %*s %255[^\n]", &from, &to, perms, &offset, path) >= 4 &&
            (unsigned long)address >= from && (unsigned long)address < to)
            say("%s: %s offset %lx %s", what, perms, offset, path[0] == '[' ? path : path[0] ? strrchr(path, '/') : "");
    }
    if (in)
        fclose(in);
}

static void link_of(const char *path)
{
    char target[256];
    int got = readlink(path, target, sizeof target - 1);
    if (got < 0) {
        say("%s: %s", path, error_name(errno));
        return;
    }
    target[got] = 0;
    char *colon = strchr(target, ':');
    if (colon && colon[1] == '[')
        strcpy(colon, ":[number]");
    say("%s: %s", path, target[0] == '/' && strncmp(target, "/dev", 4) ? strrchr(target, '/') : target);
}

int main(void)
{
    char buffer[512], path[64];
    int p[2];
    field("/proc/self/status", "Name:");
    field("/proc/self/status", "State:");
    field("/proc/self/status", "Uid:");
    field("/proc/self/status", "Gid:");
    field("/proc/self/status", "Threads:");
    field("/proc/self/status", "SigBlk:");
    field("/proc/self/status", "SigIgn:");
    field("/proc/self/status", "CapEff:");
    field("/proc/self/status", "Umask:");
    field("/proc/self/status", "TracerPid:");
    field("/proc/self/limits", "Max open files     ");
    field("/proc/self/limits", "Max stack size");
    field("/proc/self/comm", "");
    int fd = open("/proc/self/comm", O_WRONLY);
    ret(write(fd, "renamed", 7));
    field("/proc/self/comm", "");
    field("/proc/self/status", "Name:");
    fd = open("/proc/self/stat", O_RDONLY);
    int got = read(fd, buffer, sizeof buffer - 1);
    buffer[got > 0 ? got : 0] = 0;
    int pid = 0, parent = 0;
    char name[64], state = 0;
    num(sscanf(buffer, "%d (%63[^)]) %c %d", &pid, name, &state, &parent));
    yes(pid == getpid() && parent == getppid());
    say("%s %c", name, state);
    int fields = 0;
    for (char *at = strtok(buffer, " "); at; at = strtok(NULL, " "))
        fields++;
    yes(fields >= 44);
    static char *data;
    data = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(data + 4096, 4096, PROT_READ);
    put_file("f", "x");
    fd = open("f", O_RDWR);
    char *file = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    permissions_of("code", (void *)main);
    permissions_of("data", &data);
    permissions_of("stack", buffer);
    permissions_of("anonymous", data);
    permissions_of("protected", data + 4096);
    permissions_of("file", file);
    close(fd);
    fd = open("f", O_RDWR | O_APPEND | O_CLOEXEC);
    pipe(p);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    link_of(path);
    snprintf(path, sizeof path, "/proc/self/fd/%d", p[0]);
    link_of(path);
    link_of("/proc/self/fd/999");
    link_of("/proc/self/exe");
    link_of("/proc/self/root");
    unlink("f");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    link_of(path);
    write(fd, "again", 5);
    int again = ok(open(path, O_RDONLY));
    ret(read(again, buffer, 16));
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    field(path, "pos:");
    field(path, "flags:");
    DIR *dir = opendir("/proc/self/fd");
    int count = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    num(count);
    snprintf(path, sizeof path, "/proc/%d", getpid());
    struct stat one, two;
    yes(stat(path, &one) == 0 && stat("/proc/self/", &two) == 0 && one.st_ino == two.st_ino);
    num(one.st_mode);
    readlink("/proc/self", buffer, 64);
    yes(atoi(buffer) == getpid());
    fd = open("/proc/self/mem", O_RDONLY);
    strcpy(data, "read through mem");
    ret(pread(fd, buffer, 17, (off_t)data));
    str(buffer);
    ret(pread(fd, buffer, 4, 8));
    fd = open("/proc/self/cmdline", O_RDONLY);
    got = read(fd, buffer, sizeof buffer);
    yes(got > 0 && buffer[got - 1] == 0 && strlen(buffer) + 1 == (size_t)got);
    fd = open("/proc/self/environ", O_RDONLY);
    got = read(fd, buffer, sizeof buffer);
    mem(buffer, got);
    ret(open("/proc/999999999", O_RDONLY));
    ret(open("/proc/self/status", O_WRONLY));
    ret(open("/proc/new", O_CREAT | O_WRONLY, 0644));
    ret(mkdir("/proc/new", 0755));
    ret(unlink("/proc/self/status"));
    field("/proc/sys/kernel/ostype", "");
    field("/proc/sys/kernel/pid_max", "x");
    field("/proc/sys/fs/pipe-max-size", "");
    field("/proc/mounts", "proc ");
    field("/proc/filesystems", "nodev\tproc");
    struct { unsigned long type, value; } auxv[64];
    fd = open("/proc/self/auxv", O_RDONLY);
    got = read(fd, auxv, sizeof auxv);
    yes(got > 0 && got % (2 * sizeof(long)) == 0);
    for (int i = 0; i < got / (int)sizeof *auxv; i++)
        if (auxv[i].type == 6 || auxv[i].type == 11 || auxv[i].type == 17 || auxv[i].type == 23)
            say("auxv %lu: %lu", auxv[i].type, auxv[i].value);
    return 0;
}
