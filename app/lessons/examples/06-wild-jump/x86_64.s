# title: A wild jump
# about: Jump to nowhere. A page fault enters by the other door: SIGSEGV.

    .intel_syntax noprefix
    .globl _start

_start:
    # write(1, msg, 5)
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + msg]
    mov edx, 5
    syscall

    # no memory there: the CPU
    # finds no instruction
    mov eax, 0x666000
    jmp rax

msg:
    .ascii "jump\n"
