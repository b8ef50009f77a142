# title: A pipe
# about: Two descriptors, one buffer: what goes in at one end comes out at the other.

    .intel_syntax noprefix
    .globl _start

    .text
_start:
    mov eax, 22         # pipe(ends)
    lea rdi, [rip + ends]
    syscall

    mov eax, 1          # write(ends[1], text, 6)
    mov edi, dword ptr [rip + ends + 4]
    lea rsi, [rip + text]
    mov edx, 6
    syscall

    xor eax, eax        # read(ends[0], buffer, 16)
    mov edi, dword ptr [rip + ends]
    lea rsi, [rip + buffer]
    mov edx, 16
    syscall
    mov r12, rax

    mov eax, 1          # write(1, buffer, what was read)
    mov edi, 1
    lea rsi, [rip + buffer]
    mov rdx, r12
    syscall

    mov eax, 60         # exit(0)
    xor edi, edi
    syscall

text:
    .ascii "water\n"

    .bss
ends:
    .skip 8
buffer:
    .skip 16
