.syntax unified
.text
.global _start
_start:
    .inst 0xe3a00003
    adr r1, code + 1
    bx r1
.thumb
code:
    .inst.n 0x3001
    .inst.w 0xf1000001
    .hword 0x3002
    movs r7, #1
    svc #0
