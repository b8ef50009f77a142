.text
.global _start
_start:
    ldr x19, [sp]           // argc
    add x20, sp, #8         // argv
next:
    cbz x19, done
    ldr x1, [x20], #8
    mov x2, #0
count:
    ldrb w3, [x1, x2]
    cmp w3, #0
    b.eq write
    add x2, x2, #1
    b count
write:
    mov x0, #1
    mov x8, #64
    svc #0
    mov x0, #1
    adr x1, newline
    mov x2, #1
    svc #0
    sub x19, x19, #1
    b next
done:
    ldr x0, [sp]
    mov x8, #93
    svc #0
newline: .byte 10
