echo $(echo inner | tr a-z A-Z) `expr 3 + 4`
x=$(seq 5 | tail -n 1)
echo $x
echo ${x:-none} ${y:-none}
