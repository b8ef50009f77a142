	.cpu cortex-a7
	.eabi_attribute 6, 10
	.file	"sum.c"
	.text
	.align	1
	.global	sum
	.syntax unified
	.thumb
	.thumb_func
	.type	sum, %function
sum:
	push	{r7}
	sub	sp, sp, #20
	add	r7, sp, #0
	str	r0, [r7, #4]
	movs	r3, #0
	str	r3, [r7, #12]
	b	.L2
.L3:
	ldr	r2, [r7, #12]
	ldr	r3, [r7, #4]
	add	r3, r3, r2
	str	r3, [r7, #12]
	ldr	r3, [r7, #4]
	subs	r3, r3, #1
	str	r3, [r7, #4]
.L2:
	ldr	r3, [r7, #4]
	cmp	r3, #0
	bgt	.L3
	ldr	r3, [r7, #12]
	mov	r0, r3
	adds	r7, r7, #20
	mov	sp, r7
	@ sp needed
	ldr	r7, [sp], #4
	bx	lr
	.size	sum, .-sum
	.align	1
	.global	_start
	.thumb_func
	.type	_start, %function
_start:
	movs	r0, #10
	bl	sum
	movs	r7, #1
	svc	#0
	.size	_start, .-_start
