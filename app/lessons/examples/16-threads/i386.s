    .intel_syntax noprefix
    .globl _start

    .text
_start:
    # clone(VM | FS | FILES | SIGHAND |
    # THREAD | SYSVSEM, stack): a thread,
    # no process
    mov eax, 120
    mov ebx, 0x50f00
    mov ecx, offset stack_top
    xor edx, edx
    xor esi, esi
    xor edi, edi
    int 0x80
    test eax, eax
    jz thread

wait:
    # futex(done, FUTEX_WAIT_PRIVATE, 0,
    # NULL): sleep while the word is 0
    mov eax, 240
    mov ebx, offset done
    mov ecx, 128
    xor edx, edx
    xor esi, esi
    int 0x80
    cmp dword ptr [done], 0
    je wait

    # write(1, second, 19)
    mov eax, 4
    mov ebx, 1
    mov ecx, offset second
    mov edx, 19
    int 0x80

    # exit_group(0): every thread of the
    # process ends
    mov eax, 252
    xor ebx, ebx
    int 0x80

thread:
    # write(1, first, 19)
    mov eax, 4
    mov ebx, 1
    mov ecx, offset first
    mov edx, 19
    int 0x80

    # the other thread reads the same word
    mov dword ptr [done], 1

    # futex(done, FUTEX_WAKE_PRIVATE, 1):
    # wake one sleeper
    mov eax, 240
    mov ebx, offset done
    mov ecx, 129
    mov edx, 1
    int 0x80

    # exit(0): only this thread ends
    mov eax, 1
    xor ebx, ebx
    int 0x80

    .data
first:
    .ascii "The thread was here"
second:
    .ascii ", and main saw it.\n"

    .bss
    .balign 16
done:
    .skip 4
    .balign 16
stack:
    .skip 4096
stack_top:
