number .req r4
text_pointer .req r5
.text
.global _start
_start:
    ldr text_pointer, =text
    mov number, #0
1:  ldrb r0, [text_pointer], #1
    teq r0, #0
    addne number, number, #1
    bne 1b
    mov r0, number
    .unreq number
    mov r7, #1
    svc #0
.section .rodata
text: .asciz "seven!!"
