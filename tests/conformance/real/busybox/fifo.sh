mkfifo p
cat p & echo through >p
wait
(echo a
echo b) >p & while read x
do echo got $x
done <p
