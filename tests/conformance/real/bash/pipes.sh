set -o pipefail
echo abc | { read x
echo $x
} | { read y
echo got $y
}
true | false
echo $? ${PIPESTATUS[@]}
