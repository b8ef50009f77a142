%define LONG_LIST 1, 2, \
                  3, 4
%macro store 3
    mov dword [values + 4*%1], \
        %2 + \
        %3
%endmacro
section .data
values: dd LONG_LIST, \
           5
; a comment that goes on \
   dd this is a comment too
section .text
global _start
_start:
    store 0, 1, 2
    mov edi, [values]
    mov eax, \
        60
    syscall
