((x = 2 ** 10, x > 1000)) && echo $x
for ((i = 0; i < 3; i++))
do echo -n $i
done
echo
let y=5*5
echo $y
echo $((16#ff))
