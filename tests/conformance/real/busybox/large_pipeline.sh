seq 20000 | sort -n -r | awk 'NR % 5000 == 0' | md5sum
yes x | head -c 100000 | wc -c
