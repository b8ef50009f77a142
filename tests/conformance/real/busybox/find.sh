mkdir -p a/b/c
touch a/1 a/b/2 a/b/c/3
find a | sort
find a -type f -name '[23]' | sort
find a -type d -exec echo {} \; | sort
find a -name 1 -exec rm {} \;
find a -type f | sort
