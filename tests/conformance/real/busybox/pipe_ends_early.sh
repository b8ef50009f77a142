yes | head -n 3
seq 100000 | head -n 1
cat fruit | true
echo $?
