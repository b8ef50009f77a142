# PURPOSE: finds the maximum of a list of data items, as in "Programming from the Ground Up".
#
# VARIABLES: %rdi index, %rbx largest item, %rax current item
.section .data
data_items:             #These are the data items
 .quad 3,67,34,222,45,75,54,34,44,33,22,11,66,0
.section .text
.globl _start
_start:
 movq $0, %rdi
 movq data_items(,%rdi,8), %rax
 movq %rax, %rbx
start_loop:
 cmpq $0, %rax
 je loop_exit
 incq %rdi
 movq data_items(,%rdi,8), %rax
 cmpq %rbx, %rax
 jle start_loop
 movq %rax, %rbx
 jmp start_loop
loop_exit:
 movq %rbx, %rdi
 movq $60, %rax
 syscall
