a=(one two three)
echo ${#a[@]} ${a[1]}
a+=(four)
for x in "${a[@]:1:2}"
do echo $x
done
declare -A m=([k]=v)
echo ${m[k]}
