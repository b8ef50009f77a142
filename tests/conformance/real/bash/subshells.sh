x=1
(x=2
cd /
echo $x $PWD)
echo $x
y=$(echo $BASH_SUBSHELL
(echo $BASH_SUBSHELL))
echo $y
exec 5< <(echo five)
read -u 5 z
echo $z
