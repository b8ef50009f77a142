.text
.global _start
_start:
    ldr r0, text_address
    bl strlen
    mov r2, r0
    ldr r1, text_address
    mov r0, #1
    mov r7, #4
    svc #0
    mov r0, r2
    mov r7, #1
    svc #0
strlen:
    push {r4, lr}
    mov r4, r0
1:  ldrb r1, [r0], #1
    cmp r1, #0
    bne 1b
    sub r0, r0, r4
    sub r0, r0, #1
    pop {r4, pc}
text_address: .word text
.data
text: .asciz "how long is this?\n"
