echo one >f
echo two >>f
cat <f
cat f nothing 2>err >out
cat out
cat err
wc -c <out
echo x 1>&2
