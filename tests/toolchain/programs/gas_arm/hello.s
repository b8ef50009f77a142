@ The hello world of most tutorials.
.global _start
.text
_start:
    mov r0, #1              @ stdout
    ldr r1, =message
    ldr r2, =length
    mov r7, #4              @ write
    swi #0
    mov r0, #0
    mov r7, #1              @ exit
    swi 0

.data
message: .ascii "Hello, world!\n"
length = . - message
