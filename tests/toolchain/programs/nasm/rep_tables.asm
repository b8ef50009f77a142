; Tables made by the preprocessor.
%assign i 0
section .rodata
squares:
%rep 16
    db i*i
%assign i i+1
%endrep
fibonacci:
%assign a 0
%assign b 1
%rep 100
    %if a > 65535
        %exitrep
    %endif
    dw a
    %assign c a+b
    %assign a b
    %assign b c
%endrep
fib_number equ ($-fibonacci)/2
hex: db '0123456789ABCDEF'
powers:
%assign power 1
%rep 8
    dd power
    %assign power power << 1
%endrep
crc_table:
%assign n 0
%rep 256
    %assign crc n
    %rep 8
        %if crc & 1
            %assign crc (crc >> 1) ^ 0xEDB88320
        %else
            %assign crc crc >> 1
        %endif
    %endrep
    dd crc
    %assign n n+1
%endrep
section .text
global _start
_start:
%assign k 0
%rep 3
    add edi, [powers + 4*k]
  %assign k k+1
%endrep
    add dil, [squares+7]
    add edi, fib_number
    mov eax, [crc_table + 4]
    cmp eax, 0x77073096
    je good
    mov edi, 1
good:
    mov eax, 60
    syscall
