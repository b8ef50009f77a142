# title: A wild jump
# about: Jump to nowhere. A page fault enters by the other door: SIGSEGV.

    .intel_syntax noprefix
    .globl _start

_start:
    mov eax, 1          # write(1, "jump\n", 5)
    mov edi, 1
    lea rsi, [rip + msg]
    mov edx, 5
    syscall

    mov eax, 0x666000   # no memory there
    jmp rax             # the CPU faults, the kernel sends SIGSEGV

msg:
    .ascii "jump\n"
