section .rodata
table:  dq case_zero, case_one, case_two
TABLE_SIZE equ ($-table)/8
section .text
global _start
_start:
    mov     rbx, 2
    cmp     rbx, TABLE_SIZE
    jae     default_case
    jmp     [table + rbx*8]
case_zero:
    mov     dil, 10
    jmp     exit
case_one:
    mov     dil, 11
    jmp     exit
case_two:
    movzx   edi, byte [rel answer]
    jmp     exit
default_case:
    mov     edi, -1
exit:
    mov     eax, 60
    call    [functions]
    syscall
section .data
answer:    db 42
functions: dq nothing
section .text
nothing: ret
