.macro exit status
    mov r0, #\status
    mov r7, #1
    svc #0
.endm
.macro print text, size=6
    mov r0, #1
    ldr r1, =\text
    mov r2, #\size
    mov r7, #4
    svc #0
.endm
.text
.global _start
_start:
    print one
    print two, 4
    .irp register, r4, r5, r6
    mov \register, #1
    .endr
    .ifdef missing
    exit 4
    .else
    exit 3
    .endif
.data
one: .ascii "macro\n"
two: .ascii "two\n"
