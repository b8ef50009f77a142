section .text align=16 exec nowrite
global _start:function (_start.end - _start)
extern not_used:function
_start:
    mov edi, [rel writable]
    add edi, [rel constants]
    mov eax, 60
    syscall
.end:
section .rodata align=8
constants: dd 5
[section .data]
writable: dd 6
%macro in_data 1+
    [section .data]
    %1
    __SECT__
%endmacro
section .text
    in_data dd 7, 8
    nop
segment .bss nobits alloc write
    resb 3
common shared 16:8
section .note.GNU-stack noalloc noexec nowrite progbits
