# The conversion loop of the book's file chapter, with its constants.
.section .data
.equ SYS_OPEN, 5
.equ SYS_WRITE, 4
.equ SYS_EXIT, 1
.equ STDOUT, 1
.equ LINUX_SYSCALL, 0x80
.equ LOWERCASE_A, 'a'
.equ LOWERCASE_Z, 'z'
.equ UPPER_CONVERSION, 'A' - 'a'
text: .ascii "convert me\n"
text_end:
.section .bss
.equ BUFFER_SIZE, 500
.lcomm BUFFER_DATA, BUFFER_SIZE
.section .text
.equ ST_BUFFER_LEN, 8
.equ ST_BUFFER, 12
.globl _start
_start:
 pushl $text
 pushl $text_end - text
 call convert_to_upper
 addl $8, %esp
 movl $SYS_WRITE, %eax
 movl $STDOUT, %ebx
 movl $text, %ecx
 movl $text_end-text, %edx
 int $LINUX_SYSCALL
 movl $SYS_EXIT, %eax
 movl $0, %ebx
 int $LINUX_SYSCALL
convert_to_upper:
 pushl %ebp
 movl %esp, %ebp
 movl ST_BUFFER(%ebp), %eax
 movl ST_BUFFER_LEN(%ebp), %ebx
 movl $0, %edi
 cmpl $0, %ebx
 je end_convert_loop
convert_loop:
 movb (%eax,%edi,1), %cl
 cmpb $LOWERCASE_A, %cl
 jl next_byte
 cmpb $LOWERCASE_Z, %cl
 jg next_byte
 addb $UPPER_CONVERSION, %cl
 movb %cl, (%eax,%edi,1)
next_byte:
 incl %edi
 cmpl %edi, %ebx
 jne convert_loop
end_convert_loop:
 movl %ebp, %esp
 popl %ebp
 ret
