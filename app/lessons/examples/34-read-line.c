// title: Read a line, read a number
// about: fgets and scanf take from a buffer too. Only when it is empty do they ask the kernel, and sleep until you type.
// arch: x86_64, aarch64, riscv64, arm, i386

#include <stdio.h>
#include <string.h>

int main(void) {
    char name[40];
    printf("Name: ");
    fflush(stdout);
    if (!fgets(name, sizeof name, stdin))
        return 1;
    name[strcspn(name, "\n")] = 0;

    int year;
    printf("Year of birth: ");
    fflush(stdout);
    if (scanf("%d", &year) != 1)
        year = 1815;

    printf("%s, 100 in %d\n", name,
           year + 100);
    return 0;
}
