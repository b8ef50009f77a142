# Macros for the calls: defaults, \@ for labels, one macro using another.
.intel_syntax noprefix
.macro syscall3 number, a, b, c
    mov eax, \number
    mov edi, \a
    lea rsi, \b
    mov edx, \c
    syscall
.endm
.macro print text:vararg
    .pushsection .rodata
.Lstart\@:
    .ascii \text
    .set .Llen\@, . - .Lstart\@
    .popsection
    syscall3 1, 1, "[rip + .Lstart\@]", .Llen\@
.endm
.macro exit code=0
    mov edi, \code
    mov eax, 60
    syscall
.endm
.text
.globl _start
_start:
    print "one\n"
    print "two, ", "three\n"
    exit
    exit 3
