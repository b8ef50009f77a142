.arch armv7-a
.fpu neon
.text
.arm
.global _start
_start:
 bx pc
 nop
.code 16
.thumb_func
.global go
go: push {lr}
 mov r0, pc
 ldr r0, [pc, #4]
 b go
 beq go
 cmp r0, #0
 beq 1f
 bl go
 add r0, pc, #4
1: nop
 blx arm
 bx pc
 nop
.arm
arm: bx lr
.thumb
.syntax unified
t2: b.w t2
 bne.w t2
 movs r0, #'A'
 ldr r0, =go
 ldr r0, =0xffffff00
 ldr r0, =0x10001
 ldr r8, =0x12345
 ldr r0, [r1, #+4]
 adr r0, d
 adr r0, d+4
 adr.w r0, d
 str.w r0, [r1]
 cmp r0, #0x100
 add r0, sp, #3
 vadd.f32 s0, s0, s1
 nop
 .align 2
d: .word 1
 svc #0
 bl t2
 push {r0, r2-r4}
 lsls r0, r0, #0
 movs r1, r2, lsl #3
 mov r1, r2, lsl #3
 movs r1, r2, lsr r1
 subs pc, lr, #4
 ldr pc, [sp], #4
 pop {pc}
