section .data
    dd 100, 0100, 0100d, 0d100, 0c8h, $0c8, 0xc8, 0hc8, 310q, 310o, 0o310, 0q310
    dd 11001000b, 1100_1000b, 1100_1000y, 0b1100_1000, 0y1100_1000, 1_000_000
    dd 'a', 'ab', 'abc', 'abcd', "x", `\n`
    db 1+2*3, (1+2)*3, 10/3, 10 % 3, 7 // 2, -7 // 2, -7 %% 4
    db 1<<3, 0xff>>4, 6&3, 6|1, 6^3, ~0 & 0xf, !0, !5, -(-5)
    db 1 = 1, 1 == 2, 1 != 2, 1 <> 1, 1 < 2, 2 <= 2, 3 > 4, 3 >= 3, 1 && 0, 1 || 0, 1 ^^ 1
    db 5 <=> 3, 1 ? 4 : 5, 0 ? 4 : 2 ? 6 : 7
    dq 0x7fffffffffffffff, -1, 0xFFFFFFFFFFFFFFFF, -0x8000000000000000
    dq 1 << 40, -1 >> 1, -16 >>> 2, -1 / 2
    db -128, 255, +5
    dd $-$$
    do 1.0
a   equ 5
b   equ a*2
c:  equ b+1
    db a, b, c
d   db a
    dq d, d+1, $$+8
section .text
global _start
_start:
    mov eax, 60
    mov edi, c
    syscall
