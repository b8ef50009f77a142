/* a comment
   over lines */ .globl _start
_start: # one
    mov $60, %eax   # two
    mov $4, %edi    /* three */
// .error in a comment, "unclosed
    /* four */ syscall
    .ascii "# no comment" # comment
