# Insertion sort of bytes.
	.data
values:	.byte	9, 3, 7, 1, 8, 2
end:
	.text
	.globl	_start
_start:
	movq	$values+1, %rsi
outer:	cmpq	$end, %rsi
	jae	done
	movb	(%rsi), %al
	movq	%rsi, %rdi
inner:	cmpq	$values, %rdi
	je	place
	cmpb	%al, -1(%rdi)
	jbe	place
	movb	-1(%rdi), %dl
	movb	%dl, (%rdi)
	decq	%rdi
	jmp	inner
place:	movb	%al, (%rdi)
	incq	%rsi
	jmp	outer
done:	movzbl	values+2, %edi
	movsbl	values+5(%rip), %eax
	shll	$3, %eax
	orl	%eax, %edi
	movl	$60, %eax
	syscall
