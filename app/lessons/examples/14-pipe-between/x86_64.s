# title: Two processes, one pipe
# about: The child reads before there is anything to read, so it sleeps, and the parent's write wakes it up.

    .intel_syntax noprefix
    .globl _start

    .text
_start:
    # pipe(ends)
    mov eax, 22
    lea rdi, [rip + ends]
    syscall

    # fork()
    mov eax, 57
    syscall
    test eax, eax
    jz child

    # sched_yield(): the child goes first,
    # finds the pipe empty and sleeps
    mov eax, 24
    syscall

    # write(ends[1], text, 13)
    mov eax, 1
    mov edi, [rip + ends + 4]
    lea rsi, [rip + text]
    mov edx, 13
    syscall

    # wait4(-1, NULL, 0, NULL)
    mov eax, 61
    mov edi, -1
    xor esi, esi
    xor edx, edx
    xor r10d, r10d
    syscall

    # exit_group(0)
    mov eax, 231
    xor edi, edi
    syscall

child:
    # read(ends[0], buffer, 32)
    xor eax, eax
    mov edi, [rip + ends]
    lea rsi, [rip + buffer]
    mov edx, 32
    syscall

    # write(1, buffer, what came)
    mov edx, eax
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + buffer]
    syscall

    # exit_group(0)
    mov eax, 231
    xor edi, edi
    syscall

    .data
text:
    .ascii "Hello, child\n"

    .bss
    .balign 4
ends:
    .skip 8
buffer:
    .skip 32
