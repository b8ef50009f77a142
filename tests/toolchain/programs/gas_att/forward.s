.globl _start
_start:
    mov $LATE, %edi
    mov $LATE, %dil
    add $LATE, %rbx
    add $LATE, %bl
    cmpl $LATE, (%rsp)
    pushq $LATE
    mov $LATE-1, %eax
    mov LATE(%rsp), %cl
    mov $60, %eax
    syscall
    .set LATE, 9
    add $LATE, %rbx
