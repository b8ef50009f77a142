trap 'echo usr' USR1
kill -USR1 $$
trap 'echo err $?' ERR
false
trap 'echo leaving' EXIT
(exit 2)
echo end
