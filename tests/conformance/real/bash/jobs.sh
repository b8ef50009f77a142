(exit 3) & wait $!
echo $?
{ echo one
} & { echo two >/dev/null
} & wait
jobs >/dev/null
echo done
