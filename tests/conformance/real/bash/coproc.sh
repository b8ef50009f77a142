coproc { while read -r l
do echo "<$l>"
done
}
echo hi >&${COPROC[1]}
read -r r <&${COPROC[0]}
echo $r
kill $!
