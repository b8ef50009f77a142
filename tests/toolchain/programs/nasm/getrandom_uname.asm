%macro syscall3 4
    mov rax, %1
    %ifnidn %2, rdi
    mov rdi, %2
    %endif
    mov rsi, %3
    mov rdx, %4
    syscall
%endmacro
section .bss
uts: resb 65*6
section .text
global _start
_start:
    mov eax, 63
    mov rdi, uts
    syscall
    mov rdi, 1
    syscall3 1, rdi, uts, 5
    syscall3 60, 0, 0, 0
