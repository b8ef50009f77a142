; not run
%define a b
%define b(x) x+1
 db a(2)
%macro m 2+
 db %0, %2
%endmacro
 m 1, 2, 3, 4
%macro opt 1-3 5, 6
 db %1, %2, %3, %0
%endmacro
 opt 1
 opt 1, 2
 opt 1, 2, 3
%define var r
 mov var %+ ax, 1
%assign n 3
label%[n]: dq label3
%macro x 1
foo_%1: dd foo_%1, %1
%endmacro
 x 5
 x n
%macro y 0
 %rep 3
 db %0
 %endrep
%endmacro
 y
lab: y
lab2 y
 %define q(x,y) ((x)*(y))
 dd q(1+1,(2))
