    .globl _start

    .text
_start:
    // clone(VM | FS | FILES | SIGHAND |
    // THREAD | SYSVSEM, stack): a thread,
    // no process
    mov x8, #220
    ldr x0, =0x50f00
    adr x1, stack_top
    mov x2, #0
    mov x3, #0
    mov x4, #0
    svc #0
    cbz x0, thread

wait:
    // futex(done, FUTEX_WAIT_PRIVATE, 0,
    // NULL): sleep while the word is 0
    mov x8, #98
    adr x0, done
    mov x1, #128
    mov x2, #0
    mov x3, #0
    svc #0
    adr x0, done
    ldr w0, [x0]
    cbz x0, wait

    // write(1, second, 19)
    mov x8, #64
    mov x0, #1
    adr x1, second
    mov x2, #19
    svc #0

    // exit_group(0): every thread of the
    // process ends
    mov x8, #94
    mov x0, #0
    svc #0

thread:
    // write(1, first, 19)
    mov x8, #64
    mov x0, #1
    adr x1, first
    mov x2, #19
    svc #0

    // the other thread reads the same word
    adr x0, done
    mov x1, #1
    str w1, [x0]

    // futex(done, FUTEX_WAKE_PRIVATE, 1):
    // wake one sleeper
    mov x8, #98
    mov x1, #129
    mov x2, #1
    svc #0

    // exit(0): only this thread ends
    mov x8, #93
    mov x0, #0
    svc #0

    .data
first:
    .ascii "The thread was here"
second:
    .ascii ", and main saw it.\n"

    .bss
    .balign 16
done:
    .skip 4
    .balign 16
stack:
    .skip 4096
stack_top:
