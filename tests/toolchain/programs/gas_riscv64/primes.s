# Counts the primes below 100.
.globl _start
.text
_start:
    li s0, 2
    li s1, 0
candidate:
    li t0, 100
    bge s0, t0, done
    li t1, 2
try:
    mul t2, t1, t1
    bgt t2, s0, prime
    rem t3, s0, t1
    beqz t3, composite
    addi t1, t1, 1
    j try
prime:
    addi s1, s1, 1
composite:
    addi s0, s0, 1
    j candidate
done:
    mv a0, s1
    li a7, 93
    ecall
