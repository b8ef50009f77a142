# title: The fast door: sysenter
# about: sysenter is faster than int 0x80, but forgets where it came from. So programs call the vDSO, which saves that first.
# arch: i386

    .intel_syntax noprefix
    .globl _start

    .text
_start:
    # the slow door: write(1, slow, 9)
    mov eax, 4
    mov ebx, 1
    mov ecx, offset slow
    mov edx, 9
    int 0x80

    # on the stack are argc, arguments,
    # a 0, the environment and a 0
    lea esi, [esp + 4]
    mov ecx, 2
skip:
    lodsd
    test eax, eax
    jnz skip
    dec ecx
    jnz skip

    # then pairs: AT_SYSINFO, 32, says
    # where the vDSO keeps its sysenter
find:
    lodsd          # which
    mov ebx, eax
    lodsd          # its value
    cmp ebx, 32
    jne find
    mov edi, eax

    # the fast door: write(1, fast, 9)
    mov eax, 4     # registers as before
    mov ebx, 1
    mov ecx, offset fast
    mov edx, 9
    call edi

    # exit(0)
    mov eax, 1
    xor ebx, ebx
    call edi       # no way back

slow:
    .ascii "int 0x80\n"
fast:
    .ascii "sysenter\n"
