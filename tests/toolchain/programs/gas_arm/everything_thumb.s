.text
_start:
 ldr r0, =1
 ldr r1, =0x12345678
 ldr r2, =0xffff
 ldr r3, =-2
 ldr r4, =msg
 ldr r5, =len
 ldr r6, =0x12345678
 ldr r7, =msg+4
 ldr r7, =msg
 ldr r8, =tf
 mov r2, #len
 adr r0, tf
 adr r0, _start
 adr r0, tf+1
 bl tf
 nop
 .byte 1
 .align 2
 .align 4
 .word tf, tf+1, tf2, tf3
 .ltorg
 ldr r0, =0x11223344
 .thumb
 .thumb_func
tf:
 mov r0, #1
 add r0, r1
 ldr r0, =0x11223344
 ldr r0, =1
 ldr r0, =0xabcd
 ldr r0, =0x12345
 ldr r0, =msg
 adr r1, d1
 bl _start
 bl tf3
 blx _start
 .byte 0
 .align 1
 .align 3
tf2: nop
 mov r0, r1
 mov r0, r8
 sub r2, r2, r2
 sub r2, #1
 add r2, r3, #1
 lsl r2, r3, #1
 neg r2, r3
 mul r2, r3
 cmp r2, #1
 and r2, r3
 mvn r2, r3
 add r0, pc, #8
 add r0, sp, #8
 add sp, #8
 sub sp, #8
 mov r7, #4
 ldr r0, [pc, #4]
 push {r0, lr}
 strb r2, [r1, #7]
 ldmia r0!, {r1}
 .align 2
d1: .word 5
 .type tf3, %function
tf3: bx lr
.data
msg: .ascii "hello"
len = . - msg
