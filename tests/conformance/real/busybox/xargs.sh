seq 6 | xargs -n 2 echo
echo 'a b' | xargs -I{} echo [{}]
find . -name fruit | xargs wc -l
