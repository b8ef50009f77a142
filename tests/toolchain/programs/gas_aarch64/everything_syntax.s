.global _start, main
.text
_start: main:
 MOV X0, XZR
 LDR X0,=msg
 stp x29, x30, [sp, #-0x10]!
 ldr x0, [x1, x2, LSL #3]
 ldr x1, [x0, #+8]
 movz x0, 0x1234, lsl 16
 cmp x0, 'a'
 tbz w0, 3, _start
 ldr w0, =msg
 fmov d0, 1.0
 msr NZCV, x0
 dmb ISH
 ret x30
 br lr
 BNE _start
 B.NE _start
 mov x0, #STDOUT
 add x0, x0, STDOUT*4
 ldr x1, [x2, #STDOUT*8]
 b .
 b .+8
 adr x0, .
 ldr x0, msg2
 ldr x0, msg2+8
 ldr s0, msg2
 ldrsw x0, msg2
 ldr x0, =msg-8
 sub x0, x0, #msg2 - _start
 mov x0, #msg2 - _start
 cbz w0, 1f
1: cbnz x0, 1b
 lsl w0, w0, 2
 ldrb w1, [x0], 1
 strb w1, [x0, -1]!
 and x0, x0, 0xff
 orr w0, wzr, #0x1
 cset w0, cs
 bl more
 sxtw x0, w0
 mov w0, -1
 mov x0, -1
 mov w1, 65535
 mov w1, 0x10000
 mov x1, 0xffff0000ffff
 movi v0.16b, 0
 dup v0.4s, wzr
 ld1 {v0.4s}, [x0]
 ld1 { v0.4s - v3.4s }, [x0], #64
 fmov s0, wzr
 fcmp d0, 0.0
 ubfx x0, x0, 0, 8
 add x0, x0, w1, uxtw 2
 ldr x0, [x0, w1, uxtw 3]
 adds xzr, x0, #1
 adrp x0, msg+4096
 add x0, x0, #:lo12:msg+4
 nop
 .balign 16
msg2: .word 1, 2
.xword 5
.equ STDOUT, 1
.text
more: ret
.data
msg: .ascii "a"
.align 3
x: .hword 1; .word 2
 .word msg - x
 .xword msg2, more
