echo a >a
cp a b
mv b c
rm a
cat c
cmp c c && echo same
mkdir x
rmdir x
stat -c '%s %A %F' c
touch -d '2001-02-03 04:05:06' c
date -u -r c
dd if=fruit bs=5 count=2 2>/dev/null
du -s . >/dev/null
diff c fruit
