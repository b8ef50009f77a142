# title: The old door: int 0x80
# about: From 64-bit code, int 0x80 leads to i386's table and cuts registers to 32 bits: too few for a pointer to the stack.

    .intel_syntax noprefix
    .globl _start

_start:
    # write(1, low, 4), i386's numbers and
    # registers: 4 would be stat by syscall
    mov eax, 4
    mov ebx, 1
    mov ecx, offset low
    mov edx, 4
    int 0x80       # works: low address

    # "top\n", on the stack, above 4 GiB
    push 0x0a706f74
    mov eax, 4
    mov ebx, 1
    mov rcx, rsp   # upper half is lost
    mov edx, 4
    int 0x80       # -14: EFAULT

    # syscall takes the whole pointer
    mov eax, 1     # 1: write
    mov edi, 1
    mov rsi, rsp
    mov edx, 4
    syscall        # works

    # exit(0): 1 here, 60 by syscall
    mov eax, 1
    xor ebx, ebx
    int 0x80

low:
    .ascii "low\n"
