# Several statements in a line, labels before directives, all comment styles.
.intel_syntax noprefix; .globl _start
/ a slash at the beginning of a line is a comment, too
value: .byte 5; other: .byte 6 /* between */; .byte 7
.data
list: .rept 2; .byte 1, 2; .endr
      .ascii "a" "b", "c"; .asciz "d", "e"   # strings side by side
.text; _start: nop; mov eax, 60 /* a comment
over two lines */; movzx edi, byte ptr value[rip]
add dil, list[rip]; syscall
