; A small library of macros, as tutorials begin with.
%define SYS_WRITE 1
%define SYS_EXIT  60
%define STDOUT    1

%macro print 2
    mov     rax, SYS_WRITE
    mov     rdi, STDOUT
    mov     rsi, %1
    mov     rdx, %2
    syscall
%endmacro

%macro exit 0-1 0
    mov     rax, SYS_EXIT
    mov     rdi, %1
    syscall
%endmacro

%macro println 1+
    jmp     %%after
%%text: db  %1, 10
%%len   equ $ - %%text
%%after:
    print   %%text, %%len
%endmacro

section .data
    hello   db  "Hello from a macro", 0xA
    helloLen equ $ - hello

section .text
    global _start
_start:
    print hello, helloLen
    println "first, with a comma", ' and more'
    println "second"
    exit 3
    exit
