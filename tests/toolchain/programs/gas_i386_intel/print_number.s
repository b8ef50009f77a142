# Digits by division, a frame, arguments on the stack.
.intel_syntax noprefix
.bss
buffer: .skip 16
.text
.globl _start
print_number:
    push ebp
    mov ebp, esp
    push ebx
    push edi
    mov eax, [ebp + 8]
    lea edi, [buffer + 15]
    mov ebx, 10
    mov byte ptr [edi], 10
1:  xor edx, edx
    div ebx
    add dl, '0'
    dec edi
    mov [edi], dl
    test eax, eax
    jnz 1b
    mov eax, 4
    mov ebx, 1
    mov ecx, edi
    lea edx, [buffer + 16]
    sub edx, edi
    int 0x80
    pop edi
    pop ebx
    pop ebp
    ret 4
_start:
    push 31337
    call print_number
    push dword ptr [number]
    call print_number
    mov eax, 1
    xor ebx, ebx
    int 0x80
.data
number: .long 4294967295
