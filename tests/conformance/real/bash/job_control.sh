set -m
./busybox sleep 100 & kill -STOP %1
kill -CONT %1
kill %1
wait %1
echo $?
(exit 5) & wait $!
echo $?
./busybox sleep 0.01 | ./busybox sleep 0.02 & fg
echo $?
