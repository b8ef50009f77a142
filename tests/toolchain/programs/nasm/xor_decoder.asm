; The code behind the decoder is written in plain here; the stub runs over a copy on the stack.
section .text
global _start
_start:
    sub rsp, 64
    mov rdi, rsp
    mov rsi, encoded
    mov ecx, encoded_len
    cld
    rep movsb
    mov rsi, rsp
    mov cl, encoded_len
decode:
    xor byte [rsi + rcx - 1], KEY
    loop decode
    movzx edi, byte [rsp]
    cmp edi, 0x48
    jne bad
    xor edi, edi
bad:
    mov eax, 60
    syscall
KEY equ 0xAA
section .data
encoded:
    db 0x48 ^ KEY, 0x31 ^ KEY, 0xC0 ^ KEY, 'A' ^ KEY
encoded_len equ $ - encoded
