.text; .global _start
_start: mov x0, #3; mov x1, #4; add x0, x0, x1 // all on one line
  /* a comment
     over two lines */ mov x8, #93
# a whole line
  svc #0
