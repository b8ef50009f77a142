struc point
    .x:     resd 1
    .y:     resd 1
    .name:  resb 8
endstruc

struc mytype
  mt_long:      resd    1
  mt_word:      resw    1
  mt_byte:      resb    1
  mt_str:       resb    32
endstruc

STRUC node
.next   resq 1
.value  resd 1
        alignb 8
.size:
ENDSTRUC

section .data
origin:
    istruc point
        at point.x, dd 3
        at point.y, dd 4
        at point.name, db "start"
    iend
mystruc:
    istruc mytype
        at mt_long, dd      123456
        at mt_word, dw      1024
        at mt_byte, db      'x'
        at mt_str,  db      'hello, world', 13, 10, 0
    iend
second: dq 0
        dd 5
        dd 0
first:  dq second
        dd 6, 0
timespec: istruc node
        at node.value, dd 7
    iend
section .bss
points: resb 4 * point_size
section .text
global _start
_start:
    mov eax, [origin + point.x]
    imul eax, eax
    mov ecx, [origin + point.y]
    imul ecx, ecx
    add eax, ecx
    mov rbx, first
.walk:
    add eax, [rbx + node.value]
    mov rbx, [rbx + node.next]
    test rbx, rbx
    jnz .walk
    mov dword [points + 3*point_size + point.y], eax
    lea rdi, [rax + mytype_size + node_size]
    mov eax, 60
    syscall
