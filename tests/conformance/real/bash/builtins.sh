type echo cd
umask
ulimit -c
printf '%q\n' "a b"
echo {1..5} {a..c}x
shopt -s nullglob
echo *.none
pushd / >/dev/null
pwd
popd >/dev/null
times >/dev/null
echo $?
