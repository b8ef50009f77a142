.arch armv8.1-a
.text
.global _start
_start:
    ldr x1, =counter
    mov w2, #5
again:
    ldaxr w0, [x1]
    add w0, w0, w2
    stlxr w3, w0, [x1]
    cbnz w3, again
    mov w4, #3
    ldadd w4, w5, [x1]
    ldaddal w4, w5, [x1]
    mov w6, #100
    swp w6, w7, [x1]
    mov w0, w7
    mov w8, #100
    mov w9, #1
    cas w8, w9, [x1]
    ldset w9, w10, [x1]
    dmb ish
    ldar w11, [x1]
    add w0, w0, w11
    mov x8, #93
    svc #0
.data
.balign 4
counter: .word 1
