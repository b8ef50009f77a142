name=world
cat <<END
hello $name $((6 * 7))
END
cat <<'END'
$name
END
