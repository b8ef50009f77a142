.fpu neon
.arch armv7-a
.syntax unified
.text
a: nop
.thumb_func
f: movs r0,#1
x: nop; bx lr
.arm
nop
 nop
.type g, %function
g: adrl r0, far
 adrleq r0, a
 ldrd r0, [r1]
 ldrd r2, r3, foo
 vldr s0, foo
 str r0, foo
 ldrh r0, foo
 pld foo
 movw r0, #:lower16:foo
 movt r0, #:upper16:foo
 ldr pc, =g
 ldr r0, =f+2
 ldr r0, [pc, #foo-.-8]
 add r1, r2, #foo-g
 mov r0, #foo-g

.thumb
 bl g
foo: .word 1,2
 ldr r0, foo2
 ldr r1, =f
 b 1f
 beq 1f
 cbz r0, 1f
 .word g-., f-., f
 movs r0, #len
 mov r1, #len
 mov r1, #len2
 add r1, #len
 adds r1, #len
 cmp r1, #len
 ldr r1, [r2, #len]
 ldr r8, foo2
 ldr.w r1, foo2
 ldrb r1, foo2
 adr r8, foo2
 adr r1, foo2+4
 itt eq
 moveq r0, #1
 addeq r0, r0, #1
 ite ne
 ldrne r0, =5
 beq 1f
 add r1, r2, #len
 svc #0
1: nop
.align 2
foo2: .word 1
.equ len, 12
.equ len2, 0x10000
.fill 500
far:
