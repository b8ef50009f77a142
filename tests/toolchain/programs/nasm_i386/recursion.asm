section .text
global _start
_start:
   mov bx, 3
   call proc_fact
   add ax, 30h
   mov [fact], ax
   mov edx, 1
   mov ecx, fact
   mov ebx, 1
   mov eax, 4
   int 80h
   mov eax, 1
   int 80h
proc_fact:
   cmp bl, 1
   jg do_calculation
   mov ax, 1
   ret
do_calculation:
   dec bl
   call proc_fact
   inc bl
   mul bl
   ret
section .bss
fact resb 1
