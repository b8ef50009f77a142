.intel_syntax noprefix
.data
msg:    .asciz "data first\n"
len = . - msg
.equ    twice, len * 2
count:  .quad len, twice, len + twice - 1
flags:  .byte 1, 0x10, 010, 0b101, 'A', '\n', -1
        .word 0xffff, -2
        .align 8
        .long msg_end - msg, 7 / 2, 7 % 4, 1 << 5, ~0, 3 | 4 & 6
msg_end:
        .quad msg, msg + 4, _start
.text
.globl _start
_start:
    mov eax, 1
    mov edi, 1
    mov rsi, offset msg
    mov edx, len
    sub edx, 1
    syscall
    mov rax, count
    add rax, count[8]
    mov rcx, [count + 16]
    movzx edi, byte ptr flags[1]
    mov eax, 60
    syscall
