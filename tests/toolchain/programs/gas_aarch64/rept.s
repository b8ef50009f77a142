.text
.global _start
_start:
    mov x0, #0
.rept 10
    add x0, x0, #2
.endr
    nop
    .align 4
    mov x8, #93
    .inst 0xd4000001
.data
squares:
.set i, 0
.rept 5
    .word i * i
    .set i, i + 1
.endr
