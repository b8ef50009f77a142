    # ld may address data by gp, which
    # nobody has set up here
    .option norelax
    .globl _start

    .text
_start:
    # clone(VM | FS | FILES | SIGHAND |
    # THREAD | SYSVSEM, stack): a thread,
    # no process
    li a7, 220
    li a0, 0x50f00
    la a1, stack_top
    li a2, 0
    li a3, 0
    li a4, 0
    ecall
    beqz a0, thread

wait:
    # futex(done, FUTEX_WAIT_PRIVATE, 0,
    # NULL): sleep while the word is 0
    li a7, 98
    la a0, done
    li a1, 128
    li a2, 0
    li a3, 0
    ecall
    la a0, done
    lw a0, (a0)
    beqz a0, wait

    # write(1, second, 19)
    li a7, 64
    li a0, 1
    la a1, second
    li a2, 19
    ecall

    # exit_group(0): every thread of the
    # process ends
    li a7, 94
    li a0, 0
    ecall

thread:
    # write(1, first, 19)
    li a7, 64
    li a0, 1
    la a1, first
    li a2, 19
    ecall

    # the other thread reads the same word
    la a0, done
    li a1, 1
    sw a1, (a0)

    # futex(done, FUTEX_WAKE_PRIVATE, 1):
    # wake one sleeper
    li a7, 98
    li a1, 129
    li a2, 1
    ecall

    # exit(0): only this thread ends
    li a7, 93
    li a0, 0
    ecall

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
