# Reverse a string in place with two pointers.
.intel_syntax noprefix
.data
text:   .ascii "stressed\n"
.equ    text_len, . - text
.text
.global _start
_start:
        lea     rsi, [rip + text]
        lea     rdi, [rip + text + text_len - 2]
swap:
        cmp     rsi, rdi
        jae     print
        mov     al, [rsi]
        mov     bl, [rdi]
        mov     [rsi], bl
        mov     [rdi], al
        inc     rsi
        dec     rdi
        jmp     swap
print:
        mov     rax, 1
        mov     rdi, 1
        lea     rsi, [rip + text]
        mov     rdx, text_len
        syscall
        mov     rax, 60
        xor     rdi, rdi
        syscall
