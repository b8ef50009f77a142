    .globl _start

    .text
_start:
    @ pipe(ends)
    mov r7, #42
    ldr r0, =ends
    svc #0

    @ fork()
    mov r7, #2
    svc #0
    cmp r0, #0
    beq child

    @ sched_yield(): the child goes first,
    @ finds the pipe empty and sleeps
    mov r7, #158
    svc #0

    @ write(ends[1], text, 13)
    mov r7, #4
    ldr r0, =ends
    ldr r0, [r0, #4]
    ldr r1, =text
    mov r2, #13
    svc #0

    @ wait4(-1, NULL, 0, NULL)
    mov r7, #114
    mov r0, #-1
    mov r1, #0
    mov r2, #0
    mov r3, #0
    svc #0

    @ exit_group(0)
    mov r7, #248
    mov r0, #0
    svc #0

child:
    @ read(ends[0], buffer, 32)
    mov r7, #3
    ldr r0, =ends
    ldr r0, [r0]
    ldr r1, =buffer
    mov r2, #32
    svc #0

    @ write(1, buffer, what came)
    mov r2, r0
    mov r7, #4
    mov r0, #1
    ldr r1, =buffer
    svc #0

    @ exit_group(0)
    mov r7, #248
    mov r0, #0
    svc #0

    .data
text:
    .ascii "Hello, child\n"

    .bss
    .balign 4
ends:
    .skip 8
buffer:
    .skip 32
