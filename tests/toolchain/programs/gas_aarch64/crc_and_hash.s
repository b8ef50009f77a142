.arch armv8-a+crc
.text
.global _start
_start:
    ldr x0, =text
    mov w1, #0xffffffff
1:  ldrb w2, [x0], #1
    cbz w2, 2f
    crc32b w1, w1, w2
    b 1b
2:  mvn w1, w1
    ldr x0, =text
    ldr w3, =0x811c9dc5
    ldr w4, =16777619
3:  ldrb w2, [x0], #1
    cbz w2, 4f
    eor w3, w3, w2
    mul w3, w3, w4
    b 3b
4:  eor w0, w1, w3
    and w0, w0, #0x7f
    mov x8, #93
    svc #0
.section .rodata
text: .string "checksum me"
