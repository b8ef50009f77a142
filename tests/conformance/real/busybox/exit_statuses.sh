false
echo $?
true && echo yes || echo no
(exit 7)
echo $?
sh -c 'kill -9 $$'
echo $?
nosuch
echo $?
