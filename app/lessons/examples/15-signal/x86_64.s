# title: A signal and its handler
# about: The program sends itself SIGUSR1. The kernel lays a frame on its stack and lets the handler run; rt_sigreturn leads back.

    .intel_syntax noprefix
    .globl _start

    .text
_start:
    # rt_sigaction(SIGUSR1, action, NULL,
    # 8): run the handler when it comes
    mov eax, 13
    mov edi, 10
    lea rsi, [rip + action]
    xor edx, edx
    mov r10d, 8
    syscall

    # getpid()
    mov eax, 39
    syscall

    # kill(self, SIGUSR1)
    mov edi, eax
    mov eax, 62
    mov esi, 10
    syscall

    # write(1, after, 14): the program
    # never noticed
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + after]
    mov edx, 14
    syscall

    # exit_group(0)
    mov eax, 231
    xor edi, edi
    syscall

handler:
    # write(1, caught, 14)
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + caught]
    mov edx, 14
    syscall
    ret            # to the restorer

restorer:
    # rt_sigreturn(): back to where the
    # signal came
    mov eax, 15
    syscall

    .data
caught:
    .ascii "Signal caught\n"
after:
    .ascii "Main goes on.\n"
    .balign 8
action:
    .quad handler
    .quad 0x4000000  # SA_RESTORER
    .quad restorer
    .quad 0        # no signal is held back
