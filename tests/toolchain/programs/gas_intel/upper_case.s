# Filter: letters from a buffer to upper case, with conditional moves and sets.
.intel_syntax noprefix
.data
text: .ascii "Mixed Case, 42 Letters\n"
text_end:
.text
.globl _start
_start:
    mov rsi, offset text
each:
    mov al, [rsi]
    lea edx, [rax - 'a']
    cmp dl, 'z' - 'a'
    setbe cl
    shl cl, 5
    sub al, cl
    mov [rsi], al
    inc rsi
    cmp rsi, offset text_end
    jb each
    mov eax, 1
    mov edi, 1
    lea rsi, text
    mov edx, offset text_end - text
    syscall
    mov eax, 60
    xor edi, edi
    syscall
