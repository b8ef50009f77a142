    .globl _start

    .text
_start:
    // write(1, ask, ask_length)
    mov x8, #64
    mov x0, #1
    adr x1, ask
    mov x2, #ask_length
    svc #0

    // read(0, name, 64)
    mov x8, #63
    mov x0, #0     // 0: keyboard
    adr x1, name
    mov x2, #64
    svc #0         // may sleep
    mov x19, x0    // bytes read

    // write(1, hello, 7)
    mov x8, #64
    mov x0, #1
    adr x1, hello
    mov x2, #7
    svc #0

    // write(1, name, bytes read)
    mov x8, #64
    mov x0, #1
    adr x1, name
    mov x2, x19
    svc #0

    // exit(0)
    mov x8, #93
    mov x0, #0
    svc #0

ask:
    .ascii "What is your name? "
    .set ask_length, . - ask
hello:
    .ascii "Hello, "

    .bss
name:
    .skip 64
