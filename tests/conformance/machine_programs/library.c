/* What a C library needs of the kernel: formatted output, memory, files, processes, threads, signals. */
#include "check.h"
#include <math.h>
#include <pthread.h>

static void *square(void *argument)
{
    long *number = argument;
    *number *= *number;
    return number;
}

static volatile sig_atomic_t seen;

static void count(int number)
{
    seen += number;
}

int main(int argc, char **argv)
{
    printf("%s %d %.6f %g %e %s\n", "hello", 42, sqrt(2), 1e300 * argc, -1.0 / 3, argv[0]);
    printf("%a %Lf\n", 0.1, (long double)1 / 7);
    fflush(stdout);
    size_t total = 0;
    for (size_t size = 1; size < 4 << 20; size *= 3) {
        char *block = malloc(size), *zeros = calloc(1, size);
        memset(block, 1, size);
        for (size_t i = 0; i < size; i += 97)
            total += block[i] + zeros[i];
        block = realloc(block, 2 * size);
        total += block[size - 1];
        free(block);
        free(zeros);
    }
    num(total);
    FILE *file = fopen("file", "w");
    for (int i = 0; i < 3000; i++)
        fprintf(file, "line %d\n", i);
    fclose(file);
    file = fopen("file", "r");
    long sum = 0;
    char line[80];
    while (fgets(line, sizeof line, file))
        sum += atoi(line + 5);
    fclose(file);
    num(sum);
    pid_t pid = fork();
    if (pid == 0)
        _exit(12);
    reap("child", pid);
    pthread_t threads[5];
    long numbers[5];
    for (long i = 0; i < 5; i++) {
        numbers[i] = i + 1;
        err(pthread_create(&threads[i], NULL, square, &numbers[i]));
    }
    for (int i = 0; i < 5; i++) {
        err(pthread_join(threads[i], NULL));
        num(numbers[i]);
    }
    signal(SIGUSR1, count);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    yes(seen == 2 * SIGUSR1);
    return 3;
}
