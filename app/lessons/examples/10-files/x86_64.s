# title: Write a file, read it back
# about: Follow a descriptor from open to close.

    .intel_syntax noprefix
    .globl _start

    .text
_start:
    # open(path, flags, 0644)
    mov eax, 2
    lea rdi, [rip + path]
    # O_RDWR | O_CREAT | O_TRUNC
    mov esi, 0x242
    mov edx, 0x1a4
    syscall
    mov ebx, eax   # the fd

    # write(fd, text, 12)
    mov eax, 1
    mov edi, ebx
    lea rsi, [rip + text]
    mov edx, 12
    syscall

    # lseek(fd, 0, SEEK_SET)
    mov eax, 8     # rewind
    mov edi, ebx
    xor esi, esi
    xor edx, edx
    syscall

    # read(fd, buffer, 64)
    xor eax, eax
    mov edi, ebx
    lea rsi, [rip + buffer]
    mov edx, 64
    syscall
    mov r12, rax   # what came

    # close(fd)
    mov eax, 3
    mov edi, ebx
    syscall

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

path:
    .asciz "/tmp/note"
text:
    .ascii "kept safely\n"

    .bss
buffer:
    .skip 64
