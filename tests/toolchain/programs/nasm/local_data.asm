section .text
global _start
_start:
    lea rsi, [rel .text]
    mov edx, .text_len
    mov edi, 1
    mov eax, 1
    syscall
    jmp main.exit
.text: db "local data", 10
.text_len equ $ - .text
main:
.exit:
    mov edi, ..@constant
    call other
    mov eax, 60
    syscall
..@constant equ 3
other:
..@inside:
.loop:
    dec edi
    jnz .loop
    jmp short .done
.done: ret
$mov: dd $mov
