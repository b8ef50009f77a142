grep -n p fruit
grep -c apple fruit
grep -v p fruit
grep -E '^(fig|plum)' fruit
grep nothing fruit
echo $?
