sed -n 's/\(.*\) \(.*\)/\2 \1/p' fruit
sed '2,3d;s/p/P/g' fruit
sed -i 's/fig/date/' fruit
cat fruit
