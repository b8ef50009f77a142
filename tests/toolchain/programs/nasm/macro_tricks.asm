%macro prologue 1
    push rbp
    mov rbp, rsp
    %if %1 > 0
        sub rsp, %1
    %endif
%endmacro
%macro writefile 2+
  jmp %%endstr
  %%str: db %2
  %%endstr:
  mov rsi, %%str
  mov rdx, %%endstr-%%str
  mov rdi, %1
  mov rax, 1
  syscall
%endmacro
%macro retz 0
  jnz %%skip
  ret
%%skip:
%endmacro
%macro die 0-3 "Painful program death has occurred.", 1, 2
  db %1
  dw %2, %3, %0
%endmacro
%macro keytab_entry 2
  keypos%1 equ $-keytab
  db %2
%endmacro
%macro retc 1
  j%-1 %%skip
  ret
%%skip:
  set%+1 al
%endmacro
%macro mov 2-3
  %ifidn %0, 3
    mov %1, %2
    mov %2, %3
  %else
    mov %1, %2
  %endif
%endmacro
%imacro SAVE 1-3
  %ifnempty %2
    push %2
  %endif
    push %1
%endmacro
%macro braces 1-2
  db %1
%endmacro
%macro func 1
global %1
%1:
.start_%1:
%endmacro
%define ctrl    0x1F &
%define param(a,b) ((a)+(a)*(b))
%define join(a,b) a %+ b
%define str(&x) x
%xdefine snapshot param(1, 2)
%assign idx 5
%define regname(n) r %+ n
section .text
func _start
    prologue 32
    writefile 1, "hello", 13, 10
    call test
    mov rax, rbx, rcx
    mov rdi, snapshot
    cmp cl, ctrl "D"
    save rax
    Save rax, rbx
    xor regname(8), regname(9)
    mov ecx, join(snap, shot)
    add ecx, idx
    mov eax, 60
    mov edi, keypos%[idx]
    syscall
test:
    test eax, eax
    retz
    retc ne
    ret
section .data
keytab:
    keytab_entry F1,128+1
    keytab_entry F2,128+2
    keytab_entry 5,13
    die
    die "other"
    die "other", 7
    braces {1, 2, 3}
    braces {'a', 'b'}, 4
    db str(hello there)
