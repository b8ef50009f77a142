    .intel_syntax noprefix
    .globl _start

    .text
_start:
    # rt_sigaction(SIGUSR1, action, NULL,
    # 8): run the handler when it comes
    mov eax, 174
    mov ebx, 10
    mov ecx, offset action
    xor edx, edx
    mov esi, 8
    int 0x80

    # getpid()
    mov eax, 20
    int 0x80

    # kill(self, SIGUSR1)
    mov ebx, eax
    mov eax, 37
    mov ecx, 10
    int 0x80

    # write(1, after, 14): the program
    # never noticed
    mov eax, 4
    mov ebx, 1
    mov ecx, offset after
    mov edx, 14
    int 0x80

    # exit_group(0)
    mov eax, 252
    xor ebx, ebx
    int 0x80

handler:
    # write(1, caught, 14)
    mov eax, 4
    mov ebx, 1
    mov ecx, offset caught
    mov edx, 14
    int 0x80
    ret            # to the restorer

restorer:
    # rt_sigreturn(): back to where the
    # signal came
    mov eax, 173
    int 0x80

    .data
caught:
    .ascii "Signal caught\n"
after:
    .ascii "Main goes on.\n"
    .balign 4
action:
    .long handler
    # SA_RESTORER, and SA_SIGINFO: without
    # that, i386 has an older kind of
    # frame, and sigreturn for it
    .long 0x4000004
    .long restorer
    .quad 0        # no signal is held back
