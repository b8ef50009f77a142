# title: Greet someone
# about: Read a name from the keyboard. The call sleeps until you type.

    .intel_syntax noprefix
    .globl _start

    .text
_start:
    # write(1, ask, ask_length)
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + ask]
    mov edx, offset ask_length
    syscall

    # read(0, name, 64)
    xor eax, eax
    xor edi, edi   # 0: keyboard
    lea rsi, [rip + name]
    mov edx, 64
    syscall        # may sleep
    mov rbx, rax   # bytes read

    # write(1, hello, 7)
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + hello]
    mov edx, 7
    syscall

    # write(1, name, bytes read)
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + name]
    mov rdx, rbx
    syscall

    # exit(0)
    mov eax, 60
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
