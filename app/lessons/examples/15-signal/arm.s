    .globl _start

    .text
_start:
    @ rt_sigaction(SIGUSR1, action, NULL,
    @ 8): run the handler when it comes
    mov r7, #174
    mov r0, #10
    ldr r1, =action
    mov r2, #0
    mov r3, #8
    svc #0

    @ getpid()
    mov r7, #20
    svc #0

    @ kill(self, SIGUSR1)
    mov r7, #37
    mov r1, #10
    svc #0

    @ write(1, after, 14): the program
    @ never noticed
    mov r7, #4
    mov r0, #1
    ldr r1, =after
    mov r2, #14
    svc #0

    @ exit_group(0)
    mov r7, #248
    mov r0, #0
    svc #0

handler:
    @ write(1, caught, 14)
    mov r7, #4
    mov r0, #1
    ldr r1, =caught
    mov r2, #14
    svc #0
    bx lr          @ to the restorer

restorer:
    @ rt_sigreturn(): back to where the
    @ signal came
    mov r7, #173
    svc #0

    .data
caught:
    .ascii "Signal caught\n"
after:
    .ascii "Main goes on.\n"
    .balign 4
action:
    .word handler
    @ SA_RESTORER, and SA_SIGINFO: without
    @ that, ARM has an older kind of
    @ frame, and sigreturn for it
    .word 0x4000004
    .word restorer
    .quad 0        @ no signal is held back
