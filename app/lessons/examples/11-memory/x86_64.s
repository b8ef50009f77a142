# title: Ask for memory
# about: mmap adds a page to the memory map. Touch it, then give it back.

    .intel_syntax noprefix
    .globl _start

_start:
    # mmap(0, 4096, protection,
    #      flags, -1, 0)
    mov eax, 9
    xor edi, edi
    mov esi, 4096
    # PROT_READ | PROT_WRITE
    mov edx, 3
    # MAP_PRIVATE | MAP_ANONYMOUS
    mov r10d, 0x22
    mov r8, -1
    xor r9d, r9d
    syscall
    mov rbx, rax   # the page

    # "ok!\n", into the new page
    mov ecx, 0x0a216b6f
    mov [rbx], ecx

    # write(1, page, 4)
    mov eax, 1
    mov edi, 1
    mov rsi, rbx
    mov edx, 4
    syscall

    # munmap(page, 4096)
    mov eax, 11
    mov rdi, rbx
    mov esi, 4096
    syscall

    # exit(0)
    mov eax, 60
    xor edi, edi
    syscall
