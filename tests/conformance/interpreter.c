// The interpreter of program.py for the other architectures: carries out the steps of a case and prints what they gave.
//
// A child that shares its parent's memory runs on the same stack below it, so the parent finds its frame as it was.

typedef unsigned long word;
typedef int int32;

#define RESULTS ((word *)0x800000)
#define FIRST_STEP (*(struct step **)0x500000)
#define STREAM 1000
#define EDGE 0x10000000

enum { VALUE, RESULT, LOADED };
enum { SHOW_VALUE, SHOW_SIGN, SHOW_NONE, REAPED, LEFT };

struct step {
    word number;
    struct { word kind, value; } arguments[6];
    word show;
    struct { unsigned char *start; word size; } dumps[4];
};

struct state {
    struct step *at, *end;
    word index;
};

#if defined __i386__
#define SYS(other, i386, arm) i386
#define TRAP(name, label) \
    ".globl " name "\n" name ":\n push %ebx\n push %esi\n push %edi\n push %ebp\n mov 20(%esp), %eax\n" \
    " mov 4(%eax), %ebx\n mov 8(%eax), %ecx\n mov 12(%eax), %edx\n mov 16(%eax), %esi\n mov 20(%eax), %edi\n" \
    " mov 24(%eax), %ebp\n mov (%eax), %eax\n" label ":\n int $0x80\n" \
    " test %eax, %eax\n jnz 1f\n mov 24(%esp), %eax\n test %eax, %eax\n je 2f\n sub $12, %esp\n and $-16, %esp\n" \
    " sub $12, %esp\n push %eax\n call run_child\n2: xor %eax, %eax\n" \
    "1: pop %ebp\n pop %edi\n pop %esi\n pop %ebx\n ret\n"
#define START "_start: xor %ebp, %ebp\n and $-16, %esp\n call begin\n"
#define RESTORER "restorer: mov $173, %eax\n int $0x80\n.globl plain_restorer\nplain_restorer: pop %eax\n" \
    " mov $119, %eax\n int $0x80\n"
#define INFO_VALUE 20
#define STACK_FLAGS 12
#define MASK 108
#define ANSWER 64
#define PLAIN_MASK 80
#elif defined __arm__
#define SYS(other, i386, arm) arm
#define TRAP(name, label) \
    ".globl " name "\n.type " name ", %function\n" name ":\n push {r4-r8, lr}\n mov r8, r1\n ldr r7, [r0]\n" \
    " ldr r1, [r0, #8]\n ldr r2, [r0, #12]\n ldr r3, [r0, #16]\n ldr r4, [r0, #20]\n ldr r5, [r0, #24]\n" \
    " ldr r0, [r0, #4]\n" label ":\n svc #0\n cmp r0, #0\n bne 1f\n cmp r8, #0\n beq 1f\n mov r0, r8\n bl run_child\n" \
    "1: pop {r4-r8, pc}\n"
#define START ".type _start, %function\n_start: bl begin\n"
#define RESTORER ".type restorer, %function\nrestorer: mov r7, #173\n svc #0\n" \
    ".globl plain_restorer\n.type plain_restorer, %function\nplain_restorer: mov r7, #119\n svc #0\n"
#define INFO_VALUE 20
#define STACK_FLAGS 12
#define MASK 104
#define ANSWER 32
#define PLAIN_MASK 0
#elif defined __aarch64__
#define SYS(other, i386, arm) other
#define TRAP(name, label) \
    ".globl " name "\n" name ":\n stp x19, x30, [sp, #-16]!\n mov x19, x1\n mov x9, x0\n ldr x8, [x9]\n" \
    " ldp x0, x1, [x9, #8]\n ldp x2, x3, [x9, #24]\n ldp x4, x5, [x9, #40]\n" label ":\n svc #0\n" \
    " cbnz x0, 1f\n cbz x19, 1f\n mov x0, x19\n bl run_child\n1: ldp x19, x30, [sp], #16\n ret\n"
#define START "_start: bl begin\n"
#define RESTORER "restorer: mov x8, #139\n svc #0\n"
#define INFO_VALUE 24
#define STACK_FLAGS 24
#define MASK 40
#define ANSWER 184
#else
#define SYS(other, i386, arm) other
#define TRAP(name, label) \
    ".globl " name "\n" name ":\n addi sp, sp, -16\n sd ra, 0(sp)\n sd s0, 8(sp)\n mv s0, a1\n mv t0, a0\n" \
    " ld a7, 0(t0)\n ld a1, 16(t0)\n ld a2, 24(t0)\n ld a3, 32(t0)\n ld a4, 40(t0)\n ld a5, 48(t0)\n" \
    " ld a0, 8(t0)\n" label ":\n ecall\n bnez a0, 1f\n beqz s0, 1f\n mv a0, s0\n call run_child\n" \
    "1: ld ra, 0(sp)\n ld s0, 8(sp)\n addi sp, sp, 16\n ret\n"
#define START "_start: call begin\n"
#define RESTORER "restorer: li a7, 139\n ecall\n"
#define INFO_VALUE 24
#define STACK_FLAGS 24
#define MASK 40
#define ANSWER 256
#endif

__asm__(".text\n"
#ifdef __arm__
        ".syntax unified\n"
#endif
#ifdef __thumb__
        ".thumb\n"
#endif
        ".globl _start, restorer, step_trap, decimal_trap, hexadecimal_trap\n" START RESTORER
        TRAP("step_call", "step_trap") TRAP("print_call", "decimal_trap: hexadecimal_trap")
        TRAP("other_call", "other_trap"));

long step_call(const word *registers, const struct state *child);
long print_call(const word *registers, const struct state *child);
long other_call(const word *registers, const struct state *child);

static char text[16384];
static int32 waited[32];
unsigned long signals_seen;
char signal_log[2048];

static const word powers[] = {
#if __SIZEOF_LONG__ == 8
    10000000000000000000u, 1000000000000000000, 100000000000000000, 10000000000000000, 1000000000000000,
    100000000000000, 10000000000000, 1000000000000, 100000000000, 10000000000,
#endif
    1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1,
};

static long other(word number, word a, word b, word c, word d, word e, word f) {
    word registers[] = {number, a, b, c, d, e, f};
    return other_call(registers, 0);
}

static void print(word size) {
    word registers[] = {SYS(64, 4, 4), STREAM, (word)text, size, 0, 0, 0};
    print_call(registers, 0);
}

static void print_decimal(long value) {
    word rest = value, size = 0;
    int begun = 0;
    if (value < 0) {
        text[size++] = '-';
        rest = -rest;
    }
    for (unsigned place = 0; place < sizeof powers / sizeof *powers; place++) {
        char digit = '0';
        while (rest >= powers[place]) {
            rest -= powers[place];
            digit++;
        }
        begun |= digit != '0' || powers[place] == 1;
        if (begun)
            text[size++] = digit;
    }
    text[size++] = '\n';
    print(size);
}

static void print_dumps(const struct step *step) {
    for (int dump = 0; dump < 4; dump++) {
        word size = step->dumps[dump].size;
        if (!size)
            continue;
        for (word at = 0; at < size; at++) {
            unsigned char byte = step->dumps[dump].start[at];
            text[2 * at] = "0123456789abcdef"[byte >> 4];
            text[2 * at + 1] = "0123456789abcdef"[byte & 15];
        }
        text[2 * size] = '\n';
        print(2 * size + 1);
    }
}

static long how_it_ended(long pid, int show) {
    long answer;
    do
        answer = other(SYS(95, 284, 280), 1, pid, (word)waited, 0x41000004, 0, 0);
    while (answer == -4);
    if (answer < 0)
        return answer;
    if (show == LEFT)
        return waited[sizeof(word) == 8 ? 6 : 5];
    other(SYS(260, 114, 114), pid, (word)waited, 0x40000000, 0, 0, 0);
    return waited[0];
}

__attribute__((noreturn)) void leave(int status) {
    for (;;)
        other(SYS(94, 252, 248), status, 0, 0, 0, 0, 0);
}

__attribute__((noreturn)) void run(const struct state *begin) {
    struct step *volatile at = begin->at, *volatile end = begin->end;
    volatile word index = begin->index;
    for (;;) {
        struct step *step = at;
        if (step == end)
            leave(7);
        if (step->number == 0x5EED0BAD)
            leave(0);
        word registers[7] = {step->number};
        for (int argument = 0; argument < 6; argument++) {
            word kind = step->arguments[argument].kind, value = step->arguments[argument].value;
            if ((kind & 255) == RESULT)
                value += RESULTS[kind >> 8];
            else if (kind == LOADED)
                value = (word)(long)*(int32 *)value;
            registers[argument + 1] = value;
        }
        word show = step->show & 255, inner = step->show >> 8;
        struct state child = {step, step + 1 + inner, index};
        long answer = step_call(registers, show >= REAPED ? &child : 0);
        RESULTS[index] = answer;
        if (show >= REAPED) {
            print_decimal(answer < 0 ? answer : how_it_ended(answer, show));
            at = step + 1 + inner;
            index += inner + 1;
            continue;
        }
        if (show == SHOW_SIGN && (word)answer < (word)-4095)
            answer = 0;
        if (show != SHOW_NONE)
            print_decimal(answer);
        print_dumps(step);
        at = step + 1;
        index++;
    }
}

__attribute__((noreturn)) void run_child(const struct state *child) {
    RESULTS[child->index] = 0;
    print_dumps(child->at);
    struct state next = {child->at + 1, child->end, child->index + 1};
    run(&next);
}

__attribute__((noreturn)) void begin(void) {
    other(SYS(24, 330, 358), 1, STREAM, 0, 0, 0, 0);
    other(SYS(222, 192, 192), EDGE, 8192, 3, 0x32, -1, 0);
    other(SYS(215, 91, 91), EDGE + 4096, 4096, 0, 0, 0, 0);
    struct state first = {FIRST_STEP, 0, 0};
    run(&first);
}

static int32 *entry(void) {
    if (signals_seen > 63)
        return 0;
    return (int32 *)(signal_log + 32 * signals_seen++);
}

void handler(int signo, char *info, char *context) {
    int32 *log = entry();
    if (!log)
        return;
    log[0] = signo;
    log[1] = *(int32 *)(info + 8);
    log[2] = *(int32 *)(info + INFO_VALUE);
    log[3] = *(int32 *)(context + STACK_FLAGS);
    log[4] = *(int32 *)(context + MASK);
    log[5] = *(int32 *)(context + MASK + 4);
    if (*(long *)(context + ANSWER) <= 0)
        log[6] = *(int32 *)(context + ANSWER);
}

#ifdef PLAIN_MASK
// With the frame of a handler that did not ask for a siginfo_t.
void plain_handler(int signo, char context) {
    int32 *log = entry();
    if (!log)
        return;
    log[0] = signo;
    if (PLAIN_MASK)
        log[4] = *(int32 *)(&context + PLAIN_MASK);
}
#endif
