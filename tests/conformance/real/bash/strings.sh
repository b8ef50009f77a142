s=hello
echo ${s^^} ${s:1:3} ${s/l/L} ${s//l/L} ${#s}
[[ $s =~ h(.*)o ]] && echo ${BASH_REMATCH[1]}
printf '%s-%03d\n' x 7
