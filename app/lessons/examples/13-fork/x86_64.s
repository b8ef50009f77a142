# title: Fork and wait
# about: One process becomes two. The child changes its copy of the memory and ends; the parent sleeps until it has.

    .intel_syntax noprefix
    .globl _start

    .text
_start:
    # fork() answers twice: the child's
    # number here, 0 in the child
    mov eax, 57
    syscall
    test eax, eax
    jz child

    # wait4(-1, &wstatus, 0, NULL): sleep
    # until a child has ended
    mov eax, 61
    mov edi, -1
    lea rsi, [rip + wstatus]
    xor edx, edx
    xor r10d, r10d
    syscall

    # write(1, text, 15): still as it was
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + text]
    mov edx, 15
    syscall

    # exit_group(what the child ended with)
    movzx edi, byte ptr [rip + wstatus + 1]
    mov eax, 231
    syscall

child:
    # this store makes the kernel copy the
    # page: copy-on-write
    mov word ptr [rip + text], 0x654d

    # write(1, text, 15)
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + text]
    mov edx, 15
    syscall

    # exit_group(3)
    mov eax, 231
    mov edi, 3
    syscall

    .data
text:
    .ascii "Us, the memory\n"

    .bss
wstatus:
    .skip 4
