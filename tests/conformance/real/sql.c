/* A small SQL shell over the static SQLite library: statements from standard input, rows to standard output. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int show(void *unused, int columns, char **values, char **names)
{
    (void)unused;
    (void)names;
    for (int i = 0; i < columns; i++)
        printf("%s%s", i ? "|" : "", values[i] ? values[i] : "");
    printf("\n");
    return 0;
}

int main(int argc, char **argv)
{
    char line[4096], *statement = NULL, *message = NULL;
    size_t size = 0;
    sqlite3 *database;
    int failed = 0;
    if (sqlite3_open(argc > 1 ? argv[1] : ":memory:", &database)) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(database));
        return 1;
    }
    while (fgets(line, sizeof line, stdin)) {
        statement = realloc(statement, size + strlen(line) + 1);
        strcpy(statement + size, line);
        size += strlen(line);
        if (!sqlite3_complete(statement))
            continue;
        if (sqlite3_exec(database, statement, show, NULL, &message)) {
            printf("error: %s\n", message);
            sqlite3_free(message);
            failed = 1;
        }
        size = 0;
    }
    free(statement);
    sqlite3_close(database);
    return failed;
}
