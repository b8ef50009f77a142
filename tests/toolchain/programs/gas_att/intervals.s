.globl _start
_start:
    mov $60, %eax
    mov $(end - begin), %edi
    jmp end
begin:
    nop
    nop
    jmp end
    .p2align 2
end:
    add $end - begin, %rbx
    mov $(. - begin), %ecx
    syscall
