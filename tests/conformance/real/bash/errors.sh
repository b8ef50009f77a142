nosuchcommand
echo $?
cd /nonexistent
echo $?
set -e
false
echo not reached
