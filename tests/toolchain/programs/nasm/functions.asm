SECTION .text
GLOBAL _start
_start: MOV RDI, 5
        CALL factorial
        MOV RDI, RAX
        MOV RAX, 60
        SYSCALL
factorial:
        CMP RDI, 1
        JA .recurse
        MOV EAX, 1
        RET
.recurse:
        PUSH RDI
        DEC RDI
        CALL factorial
        POP RDI
        IMUL RAX, RDI
        RET
