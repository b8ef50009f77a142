exec 3>f
echo three >&3
exec 3>&-
cat() { while IFS= read -r l
do echo "$l"
done
}
cat <f
echo e >&2 2>/dev/null
{ echo a
echo b >&2
} 2>&1 | cat
echo x &>g
cat <g
