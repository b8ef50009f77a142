    .globl _start

    .text
_start:
    @ clone(VM | FS | FILES | SIGHAND |
    @ THREAD | SYSVSEM, stack): a thread,
    @ no process
    mov r7, #120
    ldr r0, =0x50f00
    ldr r1, =stack_top
    mov r2, #0
    mov r3, #0
    mov r4, #0
    svc #0
    cmp r0, #0
    beq thread

wait:
    @ futex(done, FUTEX_WAIT_PRIVATE, 0,
    @ NULL): sleep while the word is 0
    mov r7, #240
    ldr r0, =done
    mov r1, #128
    mov r2, #0
    mov r3, #0
    svc #0
    ldr r0, =done
    ldr r0, [r0]
    cmp r0, #0
    beq wait

    @ write(1, second, 19)
    mov r7, #4
    mov r0, #1
    ldr r1, =second
    mov r2, #19
    svc #0

    @ exit_group(0): every thread of the
    @ process ends
    mov r7, #248
    mov r0, #0
    svc #0

thread:
    @ write(1, first, 19)
    mov r7, #4
    mov r0, #1
    ldr r1, =first
    mov r2, #19
    svc #0

    @ the other thread reads the same word
    ldr r0, =done
    mov r1, #1
    str r1, [r0]

    @ futex(done, FUTEX_WAKE_PRIVATE, 1):
    @ wake one sleeper
    mov r7, #240
    mov r1, #129
    mov r2, #1
    svc #0

    @ exit(0): only this thread ends
    mov r7, #1
    mov r0, #0
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
