trap 'echo caught' USR1
kill -USR1 $$
trap 'echo bye' EXIT
echo here
(trap 'echo sub' EXIT)
