        global  _start
        extern  unused
        section .text
_start: mov     rax, [first]
        section .data
first:  dq      2
        section .text
        add     rax, [second]
        section .rodata
second: dq      3
        section mine write
third:  dq      third, _start
        section .text
        mov     rdi, rax
        mov     eax, 60
        syscall
