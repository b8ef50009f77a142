.intel_syntax noprefix
.globl _start
.data
text: .string "a;b#c/*d*/ \"quoted\" \\ \101\x42 \t|", "second"
      .ascii "one" , "two\0"
utf8: .asciz "Grüße €"
size = . - text
.text
_start:
    mov eax, 1
    mov edi, 1
    mov esi, offset text
    mov edx, offset size
    syscall
    cld
    lea rsi, [text]
    lea rdi, [copy]
    mov ecx, size
    rep movsb
    lea rdi, copy
    mov al, 'q'
    mov ecx, size
    repne scasb
    mov eax, 1
    mov edx, ecx
    mov rsi, rdi
    mov edi, 1
    syscall
    xor eax, eax
    lea rdi, copy
    mov ecx, 4
    rep stosq
    lodsb
    movsd
    mov eax, 60
    mov edi, ecx
    syscall
.bss
.comm copy, 256, 32
