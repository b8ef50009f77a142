mkdir d
echo one >d/1
seq 1000 >d/2
tar cf t.tar d/2 d/1
tar tf t.tar
rm -r d
tar xf t.tar
cat d/1
tail -n 1 d/2
tar cf - d/1 d/2 | gzip >t.tgz
zcat t.tgz | tar tf -
