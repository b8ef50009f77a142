@ title: Hello, Thumb
@ about: The same two calls in ARM's short instructions: most take two bytes, not four.
@ arch: arm

    .syntax unified
    .thumb
    .globl _start
    .thumb_func

_start:
    @ write(1, msg, 3)
    movs r7, #4    @ 4: write
    movs r0, #1    @ to terminal
    ldr r1, =msg   @ what
    movs r2, #3    @ three bytes
    svc #0         @ ask kernel

    @ exit(0)
    movs r7, #1    @ 1: exit
    movs r0, #0    @ 0: all well
    svc #0         @ no way back

msg:
    .ascii "hi\n"
