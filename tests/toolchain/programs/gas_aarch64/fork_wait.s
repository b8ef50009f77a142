.text
.global _start
_start:
    mov x0, #17         // SIGCHLD
    mov x1, #0
    mov x2, #0
    mov x3, #0
    mov x4, #0
    mov x8, #220        // clone
    svc #0
    cbz x0, child
    mov x0, #-1
    adrp x1, status
    add x1, x1, #:lo12:status
    mov x2, #0
    mov x3, #0
    mov x8, #260        // wait4
    svc #0
    adrp x1, status
    ldr w0, [x1, #:lo12:status]
    ubfx w0, w0, #8, #8
    mov x8, #93
    svc #0
child:
    mov x0, #7
    mov x8, #93
    svc #0
.bss
.balign 4
status: .skip 4
