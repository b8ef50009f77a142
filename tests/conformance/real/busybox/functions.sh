f() { echo "$# $1 $2"
return 3
}
f a 'b c'
echo $?
case abc in a*) echo glob;; esac
