for i in 1 2 3
do echo $i
done | while read n
do echo $((n * n))
done
i=0
until [ $i = 3 ]
do i=$((i+1))
done
echo $i
