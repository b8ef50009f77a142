.func _start
.global _start, main
.text
# a comment
_start: main:
    LDR R0,=MSG
    LDR R1, =(1<<20)
    ldr r2, =#0x1234
    ldr r2, =#4
    mov r0, #'A'
    cmp r0,#' '
    mov r1, #0b1010
    mov R2, R1, LSL#2
    ldrb r0,[r1,+r2]
    ldr r0, [r1, #+4]
    ldr r0, MSG2+4
    adr r0, MSG2+4
    b .
    b .+8
    bl .-4
    mov r7, $4
    mov %r0, #1
    ldr %r0, [%r1]
    ldmfd sp!,{r0-r12,pc}^
    stmfd sp!,{r0-r12,lr}
    swi 0x123456
    ldr r0, [pc, #4]
    bne _start
    BLEQ _start
    ldr r0, =_start
    cmp r0, r1, lsl #2
    sub r0, r0, r1, asr r2
    mov r0, #STDOUT
    add r0, r0, #STDOUT*4
    ldr r3, [r4, #STDOUT]
    mov r0, r0
    movs r0, #0
    and r0, r0, #0xff
    rsb r0, r0, #0
    ldr r0, =-1
    ldr r0, =0xffff
    ldr r5, =0x00ff00ff
    orr r0, r0, #0x80000000
    mov r0, #0x80000000
    add sp, sp, #4*4
    strb r1, [r2, #-1]!
    str r1, [r2, -r3, lsl #2]
    ldrsh r1, [r2, #-255]
    mul r1, r2, r3
    nop
.endfunc
.align
MSG2: .word 1, 2, 'a'
.equ STDOUT, 1
.text
more: bx lr
.data
.align
MSG: .ascii "a"
.align 3
x: .hword 1; .word 2
 .word MSG - x, MSG2, more
