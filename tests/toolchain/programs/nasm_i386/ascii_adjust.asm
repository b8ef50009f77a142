section .text
   global _start
_start:
   sub ah, ah
   mov al, '9'
   sub al, '3'
   aas
   or al, 30h
   mov [res], ax
   mov al, '5'
   and al, 0fh
   mov bl, '8'
   mul bl
   aam
   aam 16
   aad
   or ax, 3030h
   mov al, 71h
   add al, 44h
   daa
   das
   mov edx,len
   mov ecx,msg
   mov ebx,1
   mov eax,4
   int 0x80
   mov eax,1
   int 0x80
section .data
msg db 'The Result is:',0xa
len equ $ - msg
section .bss
res resb 1
