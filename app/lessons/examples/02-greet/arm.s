    .globl _start

    .text
_start:
    @ write(1, ask, ask_length)
    mov r7, #4
    mov r0, #1
    adr r1, ask
    mov r2, #ask_length
    svc #0

    @ read(0, name, 64)
    mov r7, #3
    mov r0, #0     @ 0: keyboard
    ldr r1, =name
    mov r2, #64
    svc #0         @ may sleep
    mov r6, r0     @ bytes read

    @ write(1, hello, 7)
    mov r7, #4
    mov r0, #1
    adr r1, hello
    mov r2, #7
    svc #0

    @ write(1, name, bytes read)
    mov r7, #4
    mov r0, #1
    ldr r1, =name
    mov r2, r6
    svc #0

    @ exit(0)
    mov r7, #1
    mov r0, #0
    svc #0

ask:
    .ascii "What is your name? "
    .set ask_length, . - ask
hello:
    .ascii "Hello, "

    .bss
name:
    .skip 64
