    .globl _start

    .text
_start:
    @ fork() answers twice: the child's
    @ number here, 0 in the child
    mov r7, #2
    svc #0
    cmp r0, #0
    beq child

    @ wait4(-1, &wstatus, 0, NULL): sleep
    @ until a child has ended
    mov r7, #114
    mov r0, #-1
    ldr r1, =wstatus
    mov r2, #0
    mov r3, #0
    svc #0

    @ write(1, text, 15): still as it was
    mov r7, #4
    mov r0, #1
    ldr r1, =text
    mov r2, #15
    svc #0

    @ exit_group(what the child ended with)
    ldr r0, =wstatus
    ldrb r0, [r0, #1]
    mov r7, #248
    svc #0

child:
    @ this store makes the kernel copy the
    @ page: copy-on-write
    ldr r1, =text
    ldr r2, =0x654d
    strh r2, [r1]

    @ write(1, text, 15)
    mov r7, #4
    mov r0, #1
    mov r2, #15
    svc #0

    @ exit_group(3)
    mov r7, #248
    mov r0, #3
    svc #0

    .data
    .balign 4
text:
    .ascii "Us, the memory\n"

    .bss
    .balign 4
wstatus:
    .skip 4
