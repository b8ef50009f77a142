.text
.globl _start
.type _start, %function
_start:
        mov     x0, 1
        adr     x1, msg
        mov     x2, len
        mov     w8, 64
        svc     0
        mov     x0, 0
        mov     w8, 93
        svc     0
.size _start, . - _start
msg:    .asciz  "Hello from .text\n"
len     =       . - msg - 1
