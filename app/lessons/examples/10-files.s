# title: Write a file, read it back
# about: Follow a descriptor from open to close.

    .intel_syntax noprefix
    .globl _start

    .text
_start:
    mov eax, 2          # open(path, O_RDWR|O_CREAT|O_TRUNC, 0644)
    lea rdi, [rip + path]
    mov esi, 0x242
    mov edx, 0x1a4
    syscall
    mov ebx, eax        # the new descriptor

    mov eax, 1          # write(fd, text, 12)
    mov edi, ebx
    lea rsi, [rip + text]
    mov edx, 12
    syscall

    mov eax, 8          # lseek(fd, 0, SEEK_SET): back to the start
    mov edi, ebx
    xor esi, esi
    xor edx, edx
    syscall

    xor eax, eax        # read(fd, buffer, 64)
    mov edi, ebx
    lea rsi, [rip + buffer]
    mov edx, 64
    syscall
    mov r12, rax

    mov eax, 3          # close(fd)
    mov edi, ebx
    syscall

    mov eax, 1          # write(1, buffer, what was read)
    mov edi, 1
    lea rsi, [rip + buffer]
    mov rdx, r12
    syscall

    mov eax, 60         # exit(0)
    xor edi, edi
    syscall

path:
    .asciz "/tmp/note"
text:
    .ascii "kept safely\n"

    .bss
buffer:
    .skip 64
