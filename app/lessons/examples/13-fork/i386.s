    .intel_syntax noprefix
    .globl _start

    .text
_start:
    # fork() answers twice: the child's
    # number here, 0 in the child
    mov eax, 2
    int 0x80
    test eax, eax
    jz child

    # wait4(-1, &wstatus, 0, NULL): sleep
    # until a child has ended
    mov eax, 114
    mov ebx, -1
    mov ecx, offset wstatus
    xor edx, edx
    xor esi, esi
    int 0x80

    # write(1, text, 15): still as it was
    mov eax, 4
    mov ebx, 1
    mov ecx, offset text
    mov edx, 15
    int 0x80

    # exit_group(what the child ended with)
    movzx ebx, byte ptr [wstatus + 1]
    mov eax, 252
    int 0x80

child:
    # this store makes the kernel copy the
    # page: copy-on-write
    mov word ptr [text], 0x654d

    # write(1, text, 15)
    mov eax, 4
    mov ebx, 1
    mov ecx, offset text
    mov edx, 15
    int 0x80

    # exit_group(3)
    mov eax, 252
    mov ebx, 3
    int 0x80

    .data
text:
    .ascii "Us, the memory\n"

    .bss
    .balign 4
wstatus:
    .skip 4
