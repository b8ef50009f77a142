    .intel_syntax noprefix
    .globl _start

    .text
_start:
    # open(path, flags, 0644)
    mov eax, 5
    mov ebx, offset path
    # O_RDWR | O_CREAT | O_TRUNC
    mov ecx, 0x242
    mov edx, 0x1a4
    int 0x80
    mov edi, eax   # the fd

    # write(fd, text, 12)
    mov eax, 4
    mov ebx, edi
    mov ecx, offset text
    mov edx, 12
    int 0x80

    # lseek(fd, 0, SEEK_SET)
    mov eax, 19    # rewind
    mov ebx, edi
    xor ecx, ecx
    xor edx, edx
    int 0x80

    # read(fd, buffer, 64)
    mov eax, 3
    mov ebx, edi
    mov ecx, offset buffer
    mov edx, 64
    int 0x80
    mov esi, eax   # what came

    # close(fd)
    mov eax, 6
    mov ebx, edi
    int 0x80

    # write(1, buffer, what came)
    mov eax, 4
    mov ebx, 1
    mov ecx, offset buffer
    mov edx, esi
    int 0x80

    # exit(0)
    mov eax, 1
    xor ebx, ebx
    int 0x80

path:
    .asciz "/tmp/note"
text:
    .ascii "kept safely\n"

    .bss
buffer:
    .skip 64
