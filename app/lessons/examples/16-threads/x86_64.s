# title: Two threads and a futex
# about: Both threads see one memory. The first sleeps on a futex until the second has set the word and wakes it.

    .intel_syntax noprefix
    .globl _start

    .text
_start:
    # clone(VM | FS | FILES | SIGHAND |
    # THREAD | SYSVSEM, stack): a thread,
    # no process
    mov eax, 56
    mov edi, 0x50f00
    lea rsi, [rip + stack_top]
    xor edx, edx
    xor r10d, r10d
    xor r8d, r8d
    syscall
    test eax, eax
    jz thread

wait:
    # futex(done, FUTEX_WAIT_PRIVATE, 0,
    # NULL): sleep while the word is 0
    mov eax, 202
    lea rdi, [rip + done]
    mov esi, 128
    xor edx, edx
    xor r10d, r10d
    syscall
    cmp dword ptr [rip + done], 0
    je wait

    # write(1, second, 19)
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + second]
    mov edx, 19
    syscall

    # exit_group(0): every thread of the
    # process ends
    mov eax, 231
    xor edi, edi
    syscall

thread:
    # write(1, first, 19)
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + first]
    mov edx, 19
    syscall

    # the other thread reads the same word
    mov dword ptr [rip + done], 1

    # futex(done, FUTEX_WAKE_PRIVATE, 1):
    # wake one sleeper
    mov eax, 202
    lea rdi, [rip + done]
    mov esi, 129
    mov edx, 1
    syscall

    # exit(0): only this thread ends
    mov eax, 60
    xor edi, edi
    syscall

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
