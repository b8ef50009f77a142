# about: mmap2 adds a page to the memory map: it is mmap, with an offset in pages. Touch the page, then give it back.

    .intel_syntax noprefix
    .globl _start

_start:
    # mmap2(0, 4096, protection,
    #       flags, -1, 0)
    mov eax, 192
    xor ebx, ebx
    mov ecx, 4096
    # PROT_READ | PROT_WRITE
    mov edx, 3
    # MAP_PRIVATE | MAP_ANONYMOUS
    mov esi, 0x22
    mov edi, -1
    xor ebp, ebp   # sixth argument
    int 0x80
    mov esi, eax   # the page

    # "ok!\n", into the new page
    mov ecx, 0x0a216b6f
    mov [esi], ecx

    # write(1, page, 4)
    mov eax, 4
    mov ebx, 1
    mov ecx, esi
    mov edx, 4
    int 0x80

    # munmap(page, 4096)
    mov eax, 91
    mov ebx, esi
    mov ecx, 4096
    int 0x80

    # exit(0)
    mov eax, 1
    xor ebx, ebx
    int 0x80
