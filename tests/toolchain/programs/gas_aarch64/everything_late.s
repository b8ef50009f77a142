.text
_start:
 ldr x0, =1
 ldr x0, =0x12345678
 ldr w0, =0x12345678
 ldr w1, =0x10000
 ldr x1, =-1
 ldr x1, =0x12345678
 ldr x2, =msg
 ldr x3, =len
 ldr x3, =msg+8
 ldr d0, =0x4000000000000000
 ldr q0, =0x1234
 ldr s0, =0x3f800000
 mov x2, len
 mov x3, #len
 adr x0, msg
 adrp x1, msg
 add x1, x1, :lo12:msg
 add x1, x1, #:lo12:msg
 ldr x1, [x1, :lo12:msg]
 ldr x2, [x1, #:lo12:msg+8]
 ldrb w2, [x1, #:lo12:msg]
 movz x0, #:abs_g0:len2
 movk x0, #:abs_g1_nc:msg
 add x2, x2, len
 .byte 1
 .align 2
 .align 4
 ldrsw x0, =5
.data
msg: .ascii "hello  "
.byte 0
len = . - msg
len2 = 5
