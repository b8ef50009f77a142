.text
.global _start
_start:
    ldr x0, =request
    mov x1, #0
    mov x8, #101
    svc #0
    mov x8, #93
    svc #0
.data
.align 3
request:
    .xword 0
    .dword 1000000
