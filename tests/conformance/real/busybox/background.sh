sleep 0.01 & p=$!
wait $p
echo done $?
(sleep 0.01
exit 4) & wait $!
echo $?
echo one & wait
echo two
