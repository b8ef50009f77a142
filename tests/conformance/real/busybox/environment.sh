A=1 sh -c 'echo $A'
export B=2
env | grep '^B='
unset B
echo ${B-unset}
cd /
pwd
id -u
set -- x y
shift
echo $1 $#
