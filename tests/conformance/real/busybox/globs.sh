touch a1 a2 b1
mkdir d
touch d/x
echo a* *1 [ab]2 d/*
echo nomatch*
ls
