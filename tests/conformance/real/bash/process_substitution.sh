while read -r a b
do echo "$b:$a"
done < <(echo 1 one
echo 2 two)
read -r x <<<'here string'
echo $x
