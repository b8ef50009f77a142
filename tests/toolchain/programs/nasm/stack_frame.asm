section .text
global _start:function
_start:
    push 7
    push 35
    call add_two
    add rsp, 16
    mov rdi, rax
    mov rax, 60
    syscall

%define first  [rbp+16]
%define second [rbp+24]
%define local1 qword [rbp-8]
%define local2 qword [rbp-16]
add_two:
    push rbp
    mov rbp, rsp
    sub rsp, 16
    mov rax, first
    mov local1, rax
    mov rax, second
    mov local2, rax
    mov rax, local1
    add rax, local2
    mov rsp, rbp
    pop rbp
    ret
twice: enter 32, 0
    leave
    ret 16
