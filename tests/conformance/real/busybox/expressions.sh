[ -f fruit ] && echo file
[ -d . -a -r fruit ] && echo both
test 3 -lt 10 && echo less
[ abc = abc ]
echo $?
echo $((1 << 10)) $((7 % 3)) $((~5))
