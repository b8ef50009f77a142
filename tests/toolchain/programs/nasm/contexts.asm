%macro repeat 0
    %push repeat
    %$begin:
%endmacro
%macro until 1
    j%-1 %$begin
    %pop
%endmacro
%macro if 1
    %push if
    j%-1 %$ifnot
%endmacro
%macro else 0
  %ifctx if
        %repl else
        jmp %$ifend
        %$ifnot:
  %else
        %error "expected `if' before `else'"
  %endif
%endmacro
%macro endif 0
  %ifctx if
        %$ifnot:
        %pop
  %elifctx else
        %$ifend:
        %pop
  %else
        %error "expected `if' or `else' before `endif'"
  %endif
%endmacro
section .text
global _start
_start:
    mov ecx, 5
    xor edi, edi
repeat
    add edi, ecx
    dec ecx
until z
    cmp edi, 15
    if e
        mov eax, 1
        cmp edi, 20
        if b
            add edi, 1
        endif
    else
        mov edi, 99
    endif
%push outer
%define %$count 3
%assign %$twice %$count * 2
%push inner
    add edi, %$$twice
%pop
%pop
    mov eax, 60
    syscall
