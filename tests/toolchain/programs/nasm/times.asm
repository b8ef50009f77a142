section .text
global _start
_start:
    mov eax, 60
    mov edi, end - _start
    syscall
    times 64 - ($ - $$) db 0
end:
    times 100 - ($ - $$) nop
    db 0x55, 0xAA
section .bss
    alignb 16
area: resb 4096
.end:
section .data
    times 5 db 'ab', 0
    dq area, area.end - area
