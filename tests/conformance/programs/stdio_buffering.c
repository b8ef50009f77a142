/* stdio: when output leaves the buffer, what fork does to it, seeking, ungetc, scanf, printf of many kinds. */
#include "check.h"
#include <locale.h>
#include <math.h>
#include <wchar.h>

int main(void)
{
    char line[128], word[32];
    int number;
    double real;
    /* Standard output is a pipe, so what is not flushed stays here while write goes out at once. */
    printf("buffered ");
    write(1, "[write first]\n", 14);
    fflush(stdout);
    printf("twice ");
    pid_t pid = fork();
    if (pid == 0)
        exit(0);
    waitpid(pid, NULL, 0);
    printf("\n");
    pid = fork();
    if (pid == 0) {
        printf("lost by _exit");
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    fflush(stdout);
    fprintf(stderr, "standard error is not buffered\n");
    FILE *file = fopen("f", "w+");
    num(fprintf(file, "%d %s %5.2f %x %#o %c %%|%-6s|%6s|%+d|% d|%05d\n", 42, "text", 3.14159, 255, 8, 'c', "ab", "cd", 5, 6, 7));
    fprintf(file, "%ld %llu %zu %hhd %e %g %g %a\n", -1L, ~0ULL, (size_t)7, 300, 12345.678, 1e10, 0.0001, 1.0);
    fprintf(file, "%.3s|%*d|%-*d|%.0f|%.10g|%p\n", "abcdef", 6, 12, 6, 34, 2.5, 1.0 / 3, (void *)0x1234);
    struct stat st;
    stat("f", &st);
    num(st.st_size);
    fflush(file);
    stat("f", &st);
    num(st.st_size);
    rewind(file);
    while (fgets(line, sizeof line, file))
        str(line);
    yes(feof(file) && !ferror(file));
    ret(fseek(file, 3, SEEK_SET));
    num(fscanf(file, "%31s %lf %x", word, &real, &number));
    str(word);
    num(real * 100);
    num(number);
    ret(ftell(file));
    num(ungetc('Z', file));
    num(fgetc(file));
    ret(fseek(file, -5, SEEK_END));
    num(fread(line, 1, 100, file));
    ret(fputs("appended", file));
    ret(fclose(file));
    file = fopen("f", "a+");
    ret(fseek(file, 0, SEEK_SET));
    ret(fwrite("more", 1, 4, file));
    ret(ftell(file));
    fclose(file);
    yes(fopen("missing", "r") == NULL);
    yes(fopen("f", "q") == NULL);
    yes(fopen("f", "wx") == NULL);
    file = fopen("/dev/full", "w");
    setvbuf(file, NULL, _IOFBF, 100);
    ret(fputs("no space", file));
    ret(fflush(file));
    fclose(file);
    file = fopen("f", "r");
    setvbuf(file, NULL, _IONBF, 0);
    num(fgetc(file));
    ret(lseek(fileno(file), 0, SEEK_CUR));
    ret(fclose(file));
    file = tmpfile();
    yes(file != NULL);
    fputs("temporary", file);
    rewind(file);
    yes(fgets(line, sizeof line, file) && !strcmp(line, "temporary"));
    fclose(file);
    char *memory;
    size_t size;
    file = open_memstream(&memory, &size);
    fprintf(file, "in %s", "memory");
    fclose(file);
    str(memory);
    num(size);
    file = popen("exit 3", "r");
    if (access("/bin/sh", X_OK) == 0)
        num(pclose(file) >> 8);
    else
        say("pclose(file) >> 8 = 3");
    num(strtol("0x7fz", &memory, 0));
    str(memory);
    num(strtoul("18446744073709551616", NULL, 10) == UINT64_MAX && errno == ERANGE);
    say("%.6f %.6f %.6f", sqrt(2.0), strtod("1e-3", NULL), floor(-1.5));
    time_t when = 86400 * 365;
    struct tm *parts = gmtime(&when);
    strftime(line, sizeof line, "%Y-%m-%d %H:%M:%S %a %b %j", parts);
    str(line);
    qsort((char[]){3, 1, 2}, 3, 1, (int (*)(const void *, const void *))memcmp);
    num(wcslen(L"wide"));
    fflush(stdout);
    return 0;
}
