seq 5000 >n
cksum n
gzip n
ls
zcat n.gz | tail -n 1
gunzip n.gz
cksum n
bzip2 n
bunzip2 n.bz2
md5sum n
sha256sum n
