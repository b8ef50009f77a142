    .intel_syntax noprefix
    .globl _start

    .text
_start:
    # write(1, ask, ask_length)
    mov eax, 4
    mov ebx, 1
    mov ecx, offset ask
    mov edx, offset ask_length
    int 0x80

    # read(0, name, 64)
    mov eax, 3
    xor ebx, ebx   # 0: keyboard
    mov ecx, offset name
    mov edx, 64
    int 0x80       # may sleep
    mov esi, eax   # bytes read

    # write(1, hello, 7)
    mov eax, 4
    mov ebx, 1
    mov ecx, offset hello
    mov edx, 7
    int 0x80

    # write(1, name, bytes read)
    mov eax, 4
    mov ebx, 1
    mov ecx, offset name
    mov edx, esi
    int 0x80

    # exit(0)
    mov eax, 1
    xor ebx, ebx
    int 0x80

ask:
    .ascii "What is your name? "
    .set ask_length, . - ask
hello:
    .ascii "Hello, "

    .bss
name:
    .skip 64
