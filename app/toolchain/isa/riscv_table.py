"""RV64GC and the pseudo-instructions of GNU as: one row for each form, in the order in which GNU as tries them.

A row is the name, the kinds of its operands (`riscv_encoder.KINDS`) and the bits that are always the same. A row whose
two low bits are not 11 is a compressed instruction of 16 bits. The numbers are those of the RISC-V specification,
volume I, chapter "RV32/64G Instruction Set Listings", and of its chapters on the extension C.
"""

from __future__ import annotations

from collections.abc import Iterator

_ROWS = """
nop                             0x0001
nop                             0x13
ret                             0x8082
ret                             0x8067
unimp                           0x0000
unimp                           0xc0001073
ebreak                          0x9002
ebreak                          0x100073
sbreak                          0x9002
sbreak                          0x100073
ecall                           0x73
scall                           0x73
wfi                             0x10500073
mret                            0x30200073
sret                            0x10200073
uret                            0x00200073
dret                            0x7b200073
pause                           0x0100000f
fence                           0x0ff0000f
fence     pred succ             0x0f
fence.i                         0x100f
fence.tso                       0x8330000f
sfence.vma                      0x12000073
sfence.vma rs1                  0x12000073
sfence.vma rs1 rs2              0x12000073

lui       rdl clui              0x6001
lui       rd u20                0x37
auipc     rd u20                0x17
li        rdn c6                0x4001
li        rd i12                0x13
mv        rdn c2n               0x8002
mv        rd rs1                0x13
move      rdn c2n               0x8002
move      rd rs1                0x13
add       rdn = c2n             0x9002
add       rdn c2n =             0x9002
add       rdn = c6              0x0001
add       rdn zero c2n          0x8002
add       p2 sp addi4           0x0000
add       sp sp addi16          0x6101
add       rd rs1 rs2            0x33
add       rd rs1 i12            0x13
addi      p2 sp addi4           0x0000
addi      rdn = c6n             0x0001
addi      zero zero none        0x0001
addi      sp sp addi16          0x6101
addi      rdn zero c6           0x4001
addi      rdn c2n none          0x8002
addi      rd rs1 i12            0x13
addiw     rdn = c6              0x2001
addiw     rd rs1 i12            0x1b
addw      p7 = p2               0x9c21
addw      p7 p2 =               0x9c21
addw      rdn = c6              0x2001
addw      rd rs1 rs2            0x3b
addw      rd rs1 i12            0x1b
sub       p7 = p2               0x8c01
sub       rd rs1 rs2            0x40000033
subw      p7 = p2               0x9c01
subw      rd rs1 rs2            0x4000003b
and       p7 = p2               0x8c61
and       p7 p2 =               0x8c61
and       p7 = c6               0x8801
and       rd rs1 rs2            0x7033
and       rd rs1 i12            0x7013
andi      p7 = c6               0x8801
andi      rd rs1 i12            0x7013
or        p7 = p2               0x8c41
or        p7 p2 =               0x8c41
or        rd rs1 rs2            0x6033
or        rd rs1 i12            0x6013
ori       rd rs1 i12            0x6013
xor       p7 = p2               0x8c21
xor       p7 p2 =               0x8c21
xor       rd rs1 rs2            0x4033
xor       rd rs1 i12            0x4013
xori      rd rs1 i12            0x4013
sll       rdn = csh             0x0002
sll       rd rs1 rs2            0x1033
sll       rd rs1 sh6            0x1013
slli      rdn = csh             0x0002
slli      rd rs1 sh6            0x1013
srl       p7 = csh              0x8001
srl       rd rs1 rs2            0x5033
srl       rd rs1 sh6            0x5013
srli      p7 = csh              0x8001
srli      rd rs1 sh6            0x5013
sra       p7 = csh              0x8401
sra       rd rs1 rs2            0x40005033
sra       rd rs1 sh6            0x40005013
srai      p7 = csh              0x8401
srai      rd rs1 sh6            0x40005013
sllw      rd rs1 rs2            0x103b
sllw      rd rs1 sh5            0x101b
slliw     rd rs1 sh5            0x101b
srlw      rd rs1 rs2            0x503b
srlw      rd rs1 sh5            0x501b
srliw     rd rs1 sh5            0x501b
sraw      rd rs1 rs2            0x4000503b
sraw      rd rs1 sh5            0x4000501b
sraiw     rd rs1 sh5            0x4000501b
slt       rd rs1 rs2            0x2033
slt       rd rs1 i12            0x2013
slti      rd rs1 i12            0x2013
sltu      rd rs1 rs2            0x3033
sltu      rd rs1 i12            0x3013
sltiu     rd rs1 i12            0x3013
sgt       rd rs2 rs1            0x2033
sgtu      rd rs2 rs1            0x3033
seqz      rd rs1                0x00103013
snez      rd rs2                0x3033
sltz      rd rs1                0x2033
sgtz      rd rs2                0x2033
not       rd rs1                0xfff04013
neg       rd rs2                0x40000033
negw      rd rs2                0x4000003b
sext.w    rdn =                 0x2001
sext.w    rd rs1                0x1b
zext.b    rd rs1                0x0ff07013
mul       rd rs1 rs2            0x02000033
mulh      rd rs1 rs2            0x02001033
mulhsu    rd rs1 rs2            0x02002033
mulhu     rd rs1 rs2            0x02003033
div       rd rs1 rs2            0x02004033
divu      rd rs1 rs2            0x02005033
rem       rd rs1 rs2            0x02006033
remu      rd rs1 rs2            0x02007033
mulw      rd rs1 rs2            0x0200003b
divw      rd rs1 rs2            0x0200403b
divuw     rd rs1 rs2            0x0200503b
remw      rd rs1 rs2            0x0200603b
remuw     rd rs1 rs2            0x0200703b

lb        rd load               0x0003
lh        rd load               0x1003
lw        rdn lwsp              0x4002
lw        p2 cw                 0x4000
lw        rd load               0x2003
ld        rdn ldsp              0x6002
ld        p2 cd                 0x6000
ld        rd load               0x3003
lbu       rd load               0x4003
lhu       rd load               0x5003
lwu       rd load               0x6003
sb        rs2 store             0x0023
sh        rs2 store             0x1023
sw        c2 swsp               0xc002
sw        p2 cw                 0xc000
sw        rs2 store             0x2023
sd        c2 sdsp               0xe002
sd        p2 cd                 0xe000
sd        rs2 store             0x3023
flw       fd load               0x2007
fld       fd ldsp               0x2002
fld       fp2 cd                0x2000
fld       fd load               0x3007
fsw       f2 store              0x2027
fsd       fc2 sdsp              0xa002
fsd       fp2 cd                0xa000
fsd       f2 store              0x3027

j         jump                  0xa001
j         jump                  0x6f
jal       jump                  0xef
jal       rd jump               0x6f
jr        rdn                   0x8002
jr        rs1                   0x67
jr        load                  0x67
jr        rs1 i12               0x67
jalr      rdn                   0x9002
jalr      rs1                   0xe7
jalr      load                  0xe7
jalr      rs1 i12               0xe7
jalr      rd rs1                0x67
jalr      rd load               0x67
jalr      rd rs1 i12            0x67
beqz      p7 branch             0xc001
beqz      rs1 branch            0x63
beq       p7 zero branch        0xc001
beq       rs1 rs2 branch        0x63
bnez      p7 branch             0xe001
bnez      rs1 branch            0x1063
bne       p7 zero branch        0xe001
bne       rs1 rs2 branch        0x1063
bltz      rs1 branch            0x4063
bgez      rs1 branch            0x5063
bgtz      rs2 branch            0x4063
blez      rs2 branch            0x5063
blt       rs1 rs2 branch        0x4063
bge       rs1 rs2 branch        0x5063
bltu      rs1 rs2 branch        0x6063
bgeu      rs1 rs2 branch        0x7063
bgt       rs2 rs1 branch        0x4063
ble       rs2 rs1 branch        0x5063
bgtu      rs2 rs1 branch        0x6063
bleu      rs2 rs1 branch        0x7063

csrr      rd csr                0x2073
csrw      csr rs1               0x1073
csrw      csr z5                0x5073
csrs      csr rs1               0x2073
csrs      csr z5                0x6073
csrc      csr rs1               0x3073
csrc      csr z5                0x7073
csrwi     csr z5                0x5073
csrsi     csr z5                0x6073
csrci     csr z5                0x7073
csrrw     rd csr rs1            0x1073
csrrw     rd csr z5             0x5073
csrrs     rd csr rs1            0x2073
csrrs     rd csr z5             0x6073
csrrc     rd csr rs1            0x3073
csrrc     rd csr z5             0x7073
csrrwi    rd csr z5             0x5073
csrrsi    rd csr z5             0x6073
csrrci    rd csr z5             0x7073
rdcycle   rd                    0xc0002073
rdtime    rd                    0xc0102073
rdinstret rd                    0xc0202073
frcsr     rd                    0x00302073
frsr      rd                    0x00302073
fscsr     rs1                   0x00301073
fscsr     rd rs1                0x00301073
fssr      rs1                   0x00301073
fssr      rd rs1                0x00301073
frrm      rd                    0x00202073
fsrm      rs1                   0x00201073
fsrm      rd rs1                0x00201073
fsrmi     z5                    0x00205073
fsrmi     rd z5                 0x00205073
frflags   rd                    0x00102073
fsflags   rs1                   0x00101073
fsflags   rd rs1                0x00101073
fsflagsi  z5                    0x00105073
fsflagsi  rd z5                 0x00105073

fmv.x.w   rd f1                 0xe0000053
fmv.x.s   rd f1                 0xe0000053
fmv.w.x   fd rs1                0xf0000053
fmv.s.x   fd rs1                0xf0000053
fmv.x.d   rd f1                 0xe2000053
fmv.d.x   fd rs1                0xf2000053
fcvt.s.d  fd f1 rm              0x40100053
fcvt.d.s  fd f1                 0x42000053
fcvt.d.w  fd rs1                0xd2000053
fcvt.d.wu fd rs1                0xd2100053
fcvt.d.l  fd rs1 rm             0xd2200053
fcvt.d.lu fd rs1 rm             0xd2300053
fcvt.s.w  fd rs1 rm             0xd0000053
fcvt.s.wu fd rs1 rm             0xd0100053
fcvt.s.l  fd rs1 rm             0xd0200053
fcvt.s.lu fd rs1 rm             0xd0300053

c.unimp                         0x0000
c.ebreak                        0x9002
c.nop                           0x0001
c.nop     c6n                   0x0001
c.jr      rdn                   0x8002
c.jalr    rdn                   0x9002
c.j       jump                  0xa001
c.beqz    p7 branch             0xc001
c.bnez    p7 branch             0xe001
c.lwsp    rdn lwsp              0x4002
c.ldsp    rdn ldsp              0x6002
c.lw      p2 cw                 0x4000
c.ld      p2 cd                 0x6000
c.swsp    c2 swsp               0xc002
c.sdsp    c2 sdsp               0xe002
c.sw      p2 cw                 0xc000
c.sd      p2 cd                 0xe000
c.fldsp   fd ldsp               0x2002
c.fsdsp   fc2 sdsp              0xa002
c.fld     fp2 cd                0x2000
c.fsd     fp2 cd                0xa000
c.mv      rd c2n                0x8002
c.lui     rdh clui              0x6001
c.li      rd c6                 0x4001
c.addi4spn p2 sp addi4          0x0000
c.addi16sp sp addi16            0x6101
c.addi    rd c6                 0x0001
c.addiw   rdn c6                0x2001
c.add     rd c2n                0x9002
c.sub     p7 p2                 0x8c01
c.and     p7 p2                 0x8c61
c.or      p7 p2                 0x8c41
c.xor     p7 p2                 0x8c21
c.addw    p7 p2                 0x9c21
c.subw    p7 p2                 0x9c01
c.andi    p7 c6                 0x8801
c.slli    rd csh                0x0002
c.srli    p7 csh                0x8001
c.srai    p7 csh                0x8401
"""

_ATOMIC = {
    "lr": 0x10, "sc": 0x18, "amoswap": 0x08, "amoadd": 0x00, "amoxor": 0x20, "amoand": 0x60, "amoor": 0x40,
    "amomin": 0x80, "amomax": 0xA0, "amominu": 0xC0, "amomaxu": 0xE0,
}  # fmt: skip
_ORDERS = {"": 0, ".aq": 0x04000000, ".rl": 0x02000000, ".aqrl": 0x06000000}

_ARITHMETIC = """
fadd fd f1 f2 rm 0x00000053
fsub fd f1 f2 rm 0x08000053
fmul fd f1 f2 rm 0x10000053
fdiv fd f1 f2 rm 0x18000053
fsqrt fd f1 rm 0x58000053
fmadd fd f1 f2 f3 rm 0x43
fmsub fd f1 f2 f3 rm 0x47
fnmsub fd f1 f2 f3 rm 0x4b
fnmadd fd f1 f2 f3 rm 0x4f
fsgnj fd f1 f2 0x20000053
fsgnjn fd f1 f2 0x20001053
fsgnjx fd f1 f2 0x20002053
fmv fd f12 0x20000053
fneg fd f12 0x20001053
fabs fd f12 0x20002053
fmin fd f1 f2 0x28000053
fmax fd f1 f2 0x28001053
feq rd f1 f2 0xa0002053
flt rd f1 f2 0xa0001053
fle rd f1 f2 0xa0000053
fgt rd f2 f1 0xa0001053
fge rd f2 f1 0xa0000053
fclass rd f1 0xe0001053
"""


def _atomics() -> Iterator[tuple[str, list[str], int]]:
    for name, function in _ATOMIC.items():
        kinds = ["rd", "plain"] if name == "lr" else ["rd", "rs2", "plain"]
        for width, size in ((".w", 0x202F), (".d", 0x302F)):
            for order, bits in _ORDERS.items():
                yield name + width + order, kinds, function << 24 | size | bits


def _floats() -> Iterator[tuple[str, list[str], int]]:
    for precision, bit in (("s", 0), ("d", 1 << 25)):
        for line in _ARITHMETIC.strip().splitlines():
            name, *kinds, code = line.split()
            yield f"{name}.{precision}", kinds, int(code, 16) | bit
        for number, integer in enumerate(("w", "wu", "l", "lu")):
            yield f"fcvt.{integer}.{precision}", ["rd", "f1", "rm"], 0xC0000053 | bit | number << 20


def rows() -> Iterator[tuple[str, list[str], int]]:
    """Name, kinds of operands and constant bits of every form; one that can end with `rm` comes without it too."""
    table = [line.split() for line in _ROWS.splitlines() if line]
    plain = [(row[0], row[1:-1], int(row[-1], 16)) for row in table]
    for name, kinds, code in (*plain, *_atomics(), *_floats()):
        if kinds[-1:] == ["rm"]:
            yield name, kinds[:-1], code | 7 << 12
        yield name, kinds, code
