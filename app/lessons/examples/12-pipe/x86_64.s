# title: A pipe
# about: Two descriptors, one buffer: what goes in at one end comes out at the other.

    .intel_syntax noprefix
    .globl _start

    .text
_start:
    # pipe(ends)
    mov eax, 22
    lea rdi, [rip + ends]
    syscall

    # write(ends[1], text, 6)
    mov eax, 1
    mov edi, [rip + ends + 4]
    lea rsi, [rip + text]
    mov edx, 6
    syscall

    # read(ends[0], buffer, 16)
    xor eax, eax
    mov edi, [rip + ends]
    lea rsi, [rip + buffer]
    mov edx, 16
    syscall
    mov r12, rax   # what came

    # write(1, buffer, what came)
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + buffer]
    mov rdx, r12
    syscall

    # exit(0)
    mov eax, 60
    xor edi, edi
    syscall

text:
    .ascii "water\n"

    .bss
ends:
    .skip 8
buffer:
    .skip 16
