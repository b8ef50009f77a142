    global _start

    section .text
_start:
    ; write(1, msg, msg_length)
    mov eax, 4     ; 4: write
    mov ebx, 1     ; to terminal
    mov ecx, msg   ; what
    mov edx, msg_length
    int 0x80       ; ask kernel

    ; exit(0)
    mov eax, 1     ; 1: exit
    xor ebx, ebx   ; 0: all well
    int 0x80       ; no way back

    section .data
msg:
    db "hi", 10
msg_length equ $ - msg
