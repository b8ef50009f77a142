section decoder progbits alloc write exec
global _start
_start:
    jmp short call_decoder
decoder:
    pop esi
    xor ecx, ecx
    mov cl, code_end - code
.next:
    xor byte [esi], 0x55
    inc esi
    loop .next
    jmp short code
call_decoder:
    call decoder
code:
    ; xor eax,eax ; inc eax ; mov bl, 7 ; int 0x80
    db 0x31^0x55, 0xc0^0x55, 0x40^0x55, 0xb3^0x55, 7^0x55, 0xcd^0x55, 0x80^0x55
code_end:
