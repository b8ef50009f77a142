.text
.global _start
_start:
    ldr r0, =1
    ldr r1, =0x12345678
    ldr r2, =0xffffffff
    ldr r3, =-2
    ldr r4, =0xff000000
    ldr r5, =end
    ldr r6, =end + 4
    ldr r8, =0x12345678
    mov r9, #0x3fc00
    mov r10, #-1
    cmp r9, #-256
    sub r10, r10, #-4
    and r11, r1, #~15
    b end
    .ltorg
end:
    ldr r12, =0xabcdef01
    and r0, r12, #0x3f
    adrl r1, far
    ldrb r2, [r1]
    add r0, r0, r2
    mov r7, #1
    svc #0
    .pool
    .fill 700, 1, 0
far: .byte 5
