.equ SYS_openat, 56
.equ SYS_close, 57
.equ SYS_read, 63
.equ SYS_write, 64
.equ SYS_exit, 93
.equ AT_FDCWD, -100
.text
.global _start
_start:
    mov x0, #AT_FDCWD
    adr x1, path
    mov x2, xzr
    mov x8, #SYS_openat
    svc #0
    tbnz x0, #63, error
    mov x19, x0
    sub sp, sp, #256
    mov x1, sp
    mov x2, #256
    mov x8, #SYS_read
    svc #0
    mov x0, x19
    mov x8, #SYS_close
    svc #0
    mov x0, xzr
exit:
    mov x8, #SYS_exit
    svc #0
error:
    neg w0, w0
    b exit
path: .asciz "/dev/null"
