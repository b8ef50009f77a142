        global  _start
        section .text
_start: mov     rdi, 5
        call    factorial
        mov     rdi, rax
        mov     rax, 60
        syscall
factorial:
        cmp     rdi, 1
        jnbe    L1
        mov     rax, 1
        ret
L1:
        push    rdi
        dec     rdi
        call    factorial
        pop     rdi
        imul    rax, rdi
        ret
