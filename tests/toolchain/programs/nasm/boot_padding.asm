; A boot sector's padding, in an ELF file
section .text
global _start
_start:
    mov edi, end - _start
    and edi, 0x7f
    mov eax, 60
    syscall
    times 510-($-$$) db 0
    dw 0xAA55
end:
section .data
message: db "padded"
         times 64-($-message) db '.'
line:    times 20 db '-', '='
         db 0
         times 3 dw $-$$
section .bss
big:     resb 4096
         alignb 64
aligned: resq 2
