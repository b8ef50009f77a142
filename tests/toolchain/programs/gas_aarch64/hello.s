// The hello world of most tutorials.
.global _start
.text
_start:
    mov x0, #1              // stdout
    ldr x1, =message
    ldr x2, =length
    mov x8, #64             // write
    svc #0
    mov x0, #0
    mov x8, #93             // exit
    svc #0

.data
message: .ascii "Hello, world!\n"
length = . - message
