// Lower-case letters to upper case, 16 at a time.
.text
.global _start
_start:
    ldr x1, =text
    ldr q0, [x1]
    movi v1.16b, #'a'
    movi v2.16b, #'z'
    cmhs v3.16b, v0.16b, v1.16b
    cmhs v4.16b, v2.16b, v0.16b
    and v3.16b, v3.16b, v4.16b
    movi v5.16b, #0x20
    and v3.16b, v3.16b, v5.16b
    eor v0.16b, v0.16b, v3.16b
    str q0, [x1]
    mov x0, #1
    mov x2, #16
    mov x8, #64
    svc #0
    umov w0, v0.b[3]
    mov x8, #93
    svc #0
.data
.balign 16
text: .ascii "hello simd text\n"
