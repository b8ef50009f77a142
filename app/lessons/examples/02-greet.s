# title: Greet someone
# about: Read a name from the keyboard. The call sleeps until you type.

    .intel_syntax noprefix
    .globl _start

    .text
_start:
    mov eax, 1          # write(1, ask, length)
    mov edi, 1
    lea rsi, [rip + ask]
    mov edx, offset ask_length
    syscall

    xor eax, eax        # read(0, name, 64)
    xor edi, edi        # fd 0: the keyboard
    lea rsi, [rip + name]
    mov edx, 64
    syscall             # sleeps here until Enter
    mov rbx, rax        # how many bytes came

    mov eax, 1          # write(1, "Hello, ", 7)
    mov edi, 1
    lea rsi, [rip + hello]
    mov edx, 7
    syscall

    mov eax, 1          # write(1, name, what was read)
    mov edi, 1
    lea rsi, [rip + name]
    mov rdx, rbx
    syscall

    mov eax, 60         # exit(0)
    xor edi, edi
    syscall

ask:
    .ascii "What is your name? "
    .set ask_length, . - ask
hello:
    .ascii "Hello, "

    .bss
name:
    .skip 64
