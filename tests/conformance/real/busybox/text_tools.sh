seq 12 | paste - - - | cut -f2
echo 'a,b,c' | cut -d, -f2-
seq 5 | tac
seq 20 | tail -n +18
echo hello | rev
od -c fruit | head -n 2
fold -w 4 fruit | head -n 3
