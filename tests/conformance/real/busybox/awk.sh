awk '{ sum[$1] += $2 } END { for (k in sum) print k, sum[k] }' fruit | sort
awk -F: 'BEGIN { printf "%05.2f|%s\n", 3.14159, substr("hello", 2, 3) }'
