mkdir -p d/e
echo x >d/f
chmod 640 d/f
ln -s f d/l
ln d/f d/h
ls -1 d
ls -ln d | grep -v '^[dt]' | awk '{ print $1, $2, $3, $4, $5, $9, $10, $11 }'
ls -a d
ls -R d
