%define text 'system'
%strlen textlen text
%substr sub1 text 1
%substr sub2 text 2,3
%substr sub3 text 3,-1
%substr sub4 text 2,-2
%strcat full text, '-', "call"
%defstr asis one + two
%deftok tok 'eax'
%xdefine both sub1, sub2
section .data
    db textlen, sub1, sub2, sub3, sub4, asis, both
    db `tab\there\n\x41\101\u263a\e[0m\0`
    db 'single \n', "double '", `back "'\``
    dw __utf16__('wide'), 0
    dd __utf32__("x")
    db 'abc', 0
    dw 'abc'
    dd 'ab'
    dq 'hello', "worlds and more"
section .text
global _start
_start:
    mov tok, 60
    mov edi, textlen
    syscall
