# title: Ask for memory
# about: mmap adds a page to the memory map. Touch it, then give it back.

    .intel_syntax noprefix
    .globl _start

_start:
    mov eax, 9          # mmap(0, 4096, READ|WRITE, PRIVATE|ANONYMOUS, -1, 0)
    xor edi, edi
    mov esi, 4096
    mov edx, 3
    mov r10d, 0x22
    mov r8, -1
    xor r9d, r9d
    syscall
    mov rbx, rax        # where the page is

    mov dword ptr [rbx], 0x0a216b6f    # "ok!\n", into the new page

    mov eax, 1          # write(1, page, 4)
    mov edi, 1
    mov rsi, rbx
    mov edx, 4
    syscall

    mov eax, 11         # munmap(page, 4096)
    mov rdi, rbx
    mov esi, 4096
    syscall

    mov eax, 60         # exit(0)
    xor edi, edi
    syscall
