cat fruit | sort | uniq | wc -l
sort -k2,2n fruit | head -n 2
printf 'b\na\n' | sort -r | tr a-z A-Z
