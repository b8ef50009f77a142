%define DEBUG
%define VERSION 3
%define NAME "trap"
%idefine Verbose 1
%ifdef DEBUG
  %define LOG(x) db x, 10
%else
  %define LOG(x)
%endif
%ifndef RELEASE
    %define MODE 'd'
%elifdef DEBUG
    %define MODE 'x'
%else
    %define MODE 'r'
%endif
%if VERSION >= 4 && VERSION < 10
    %assign flags 4
%elif VERSION == 3 || 0
    %assign flags 3
%else
    %error unknown version
%endif
%ifidn MODE, 'd'
    %assign mode_flag 1
%endif
%ifidni rax, RAX
    %assign same 1
%endif
%ifnum VERSION
    %assign isnum 1
%endif
%ifstr NAME
    %assign isstr 1
%endif
%ifid eax
    %assign isid 1
%endif
%ifempty
    %assign isempty 1
%endif
%macro push_all 1-*
  %rep %0
    push %1
  %rotate 1
  %endrep
%endmacro
%macro pop_all 1-*
  %rep %0
    %rotate -1
    pop %1
  %endrep
%endmacro
%ifmacro push_all 1-*
    %assign ismacro 1
%endif
%ifn 0
    %assign notzero 1
%endif
%if 0
this is not assembled, don't read it: "
%endif
%undef MODE
%ifdef MODE
    %fatal no
%endif
section .data
LOG('log text')
  db NAME, flags, VERBOSE, mode_flag, same, isnum, isstr, isid, isempty, ismacro, notzero
  db __NASM_MAJOR__, __LINE__, __BITS__
section .text
global _start
_start:
    push_all rax, rbx, rcx
    pop_all rax, rbx, rcx
    mov edi, flags
    mov eax, 60
    syscall
