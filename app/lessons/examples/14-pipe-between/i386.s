    .intel_syntax noprefix
    .globl _start

    .text
_start:
    # pipe(ends)
    mov eax, 42
    mov ebx, offset ends
    int 0x80

    # fork()
    mov eax, 2
    int 0x80
    test eax, eax
    jz child

    # sched_yield(): the child goes first,
    # finds the pipe empty and sleeps
    mov eax, 158
    int 0x80

    # write(ends[1], text, 13)
    mov eax, 4
    mov ebx, [ends + 4]
    mov ecx, offset text
    mov edx, 13
    int 0x80

    # wait4(-1, NULL, 0, NULL)
    mov eax, 114
    mov ebx, -1
    xor ecx, ecx
    xor edx, edx
    xor esi, esi
    int 0x80

    # exit_group(0)
    mov eax, 252
    xor ebx, ebx
    int 0x80

child:
    # read(ends[0], buffer, 32)
    mov eax, 3
    mov ebx, [ends]
    mov ecx, offset buffer
    mov edx, 32
    int 0x80

    # write(1, buffer, what came)
    mov edx, eax
    mov eax, 4
    mov ebx, 1
    mov ecx, offset buffer
    int 0x80

    # exit_group(0)
    mov eax, 252
    xor ebx, ebx
    int 0x80

    .data
text:
    .ascii "Hello, child\n"

    .bss
    .balign 4
ends:
    .skip 8
buffer:
    .skip 32
