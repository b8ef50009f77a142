exec 2>/dev/null
port=$((20000 + $$ % 20000))
httpd -f -p 127.0.0.1:$port & p=$!
until wget -q -O got http://127.0.0.1:$port/fruit
do sleep 0.02
done
kill $p
wait $p
echo $?
cat got
