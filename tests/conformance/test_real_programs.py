"""Programs as a visitor would bring them: what they print is what they print on Linux.

Debian's own static shells are used as they are; the SQL shell, the Lua interpreter and the hellos are built here from
static libraries. Where a compiler is not installed its test is skipped.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conformance.build import build, cached
from tests.conformance.native import compare

REAL = Path(__file__).parent / "real"

FRUIT = b"pear 3\napple 10\nfig 7\nquince 1\napple 2\nplum 12\n"

BUSYBOX = {
    "pipeline": "cat fruit | sort | uniq | wc -l; sort -k2,2n fruit | head -n 2; printf 'b\\na\\n' | sort -r | tr a-z A-Z",
    "redirections": "echo one >f; echo two >>f; cat <f; cat f nothing 2>err >out; cat out; cat err; wc -c <out; echo x 1>&2",
    "here_document": "name=world; cat <<END\nhello $name $((6 * 7))\nEND\ncat <<'END'\n$name\nEND",
    "substitution": "echo $(echo inner | tr a-z A-Z) `expr 3 + 4`; x=$(seq 5 | tail -n 1); echo $x; echo ${x:-none} ${y:-none}",
    "exit_statuses": "false; echo $?; true && echo yes || echo no; (exit 7); echo $?; sh -c 'kill -9 $$'; echo $?; nosuch; echo $?",
    "loops": "for i in 1 2 3; do echo $i; done | while read n; do echo $((n * n)); done; i=0; until [ $i = 3 ]; do i=$((i+1)); done; echo $i",
    "functions": "f() { echo \"$# $1 $2\"; return 3; }; f a 'b c'; echo $?; case abc in a*) echo glob;; esac",
    "globs": "touch a1 a2 b1; mkdir d; touch d/x; echo a* *1 [ab]2 d/*; echo nomatch*; ls",
    "background": "sleep 0.01 & p=$!; wait $p; echo done $?; (sleep 0.01; exit 4) & wait $!; echo $?; echo one & wait; echo two",
    "traps": "trap 'echo caught' USR1; kill -USR1 $$; trap 'echo bye' EXIT; echo here; (trap 'echo sub' EXIT)",
    "awk": "awk '{ sum[$1] += $2 } END { for (k in sum) print k, sum[k] }' fruit | sort; awk -F: 'BEGIN { printf \"%05.2f|%s\\n\", 3.14159, substr(\"hello\", 2, 3) }'",
    "sed": "sed -n 's/\\(.*\\) \\(.*\\)/\\2 \\1/p' fruit; sed '2,3d;s/p/P/g' fruit; sed -i 's/fig/date/' fruit; cat fruit",
    "grep": "grep -n p fruit; grep -c apple fruit; grep -v p fruit; grep -E '^(fig|plum)' fruit; grep nothing fruit; echo $?",
    "ls": "mkdir -p d/e; echo x >d/f; chmod 640 d/f; ln -s f d/l; ln d/f d/h; ls -1 d; ls -ln d | grep -v '^[dt]' | awk '{ print $1, $2, $3, $4, $5, $9, $10, $11 }'; ls -a d; ls -R d",
    "find": "mkdir -p a/b/c; touch a/1 a/b/2 a/b/c/3; find a | sort; find a -type f -name '[23]' | sort; find a -type d -exec echo {} \\; | sort; find a -name 1 -exec rm {} \\;; find a -type f | sort",
    "tar": "mkdir d; echo one >d/1; seq 1000 >d/2; tar cf t.tar d/2 d/1; tar tf t.tar; rm -r d; tar xf t.tar; cat d/1; tail -n 1 d/2; tar czf t.tgz d/1 d/2; tar tzf t.tgz",
    "gzip": "seq 5000 >n; cksum n; gzip n; ls; zcat n.gz | tail -n 1; gunzip n.gz; cksum n; bzip2 n; bunzip2 n.bz2; md5sum n; sha256sum n",
    "text_tools": "seq 12 | paste - - - | cut -f2; echo 'a,b,c' | cut -d, -f2-; seq 5 | tac; seq 20 | tail -n +18; echo hello | rev; seq 6 | split -l 2; cat xab; od -c fruit | head -n 2; fold -w 4 fruit | head -n 3",
    "files": "echo a >a; cp a b; mv b c; rm a; cat c; cmp c c && echo same; mkdir x; rmdir x; stat -c '%s %A %F' c; touch -d '2001-02-03 04:05:06' c; date -u -r c; dd if=fruit bs=5 count=2 2>/dev/null; du -s . >/dev/null; diff c fruit",
    "xargs": "seq 6 | xargs -n 2 echo; echo 'a b' | xargs -I{} echo [{}]; find . -name fruit | xargs wc -l",
    "pipe_ends_early": "yes | head -n 3; seq 100000 | head -n 1; cat fruit | true; echo $?",
    "large_pipeline": "seq 20000 | sort -n -r | awk 'NR % 5000 == 0' | md5sum; yes x | head -c 100000 | wc -c",
    "expressions": "[ -f fruit ] && echo file; [ -d . -a -r fruit ] && echo both; test 3 -lt 10 && echo less; [ abc = abc ]; echo $?; echo $((1 << 10)) $((7 % 3)) $((~5))",
    "environment": "A=1 sh -c 'echo $A'; export B=2; env | grep '^B='; unset B; echo ${B-unset}; cd /; pwd; id -u; set -- x y; shift; echo $1 $#",
    "fifo": "mkfifo p; cat p & echo through >p; wait; (echo a; echo b) >p & while read x; do echo got $x; done <p",
    "httpd": "port=$((20000 + $$ % 20000)); httpd -f -p 127.0.0.1:$port & p=$!;"
    " until wget -q -O got http://127.0.0.1:$port/fruit; do sleep 0.02; done; kill $p; wait $p; echo $?; cat got",
}

BASH = {
    "arrays": 'a=(one two three); echo ${#a[@]} ${a[1]}; a+=(four); for x in "${a[@]:1:2}"; do echo $x; done; declare -A m=([k]=v); echo ${m[k]}',
    "strings": "s=hello; echo ${s^^} ${s:1:3} ${s/l/L} ${s//l/L} ${#s}; [[ $s =~ h(.*)o ]] && echo ${BASH_REMATCH[1]}; printf '%s-%03d\\n' x 7",
    "arithmetic": "((x = 2 ** 10, x > 1000)) && echo $x; for ((i = 0; i < 3; i++)); do echo -n $i; done; echo; let y=5*5; echo $y; echo $((16#ff))",
    "process_substitution": "while read -r a b; do echo \"$b:$a\"; done < <(echo 1 one; echo 2 two); read -r x <<<'here string'; echo $x",
    "pipes": "set -o pipefail; echo abc | { read x; echo $x; } | { read y; echo got $y; }; true | false; echo $? ${PIPESTATUS[@]}",
    "jobs": "(exit 3) & wait $!; echo $?; { echo one; } & { echo two >/dev/null; } & wait; jobs; echo done",
    "job_control": "set -m; sleep 100 & kill -STOP %1; kill -CONT %1; kill %1; wait %1; echo $?; (exit 5) & wait $!; echo $?; sleep 0.01 | sleep 0.02 & fg; echo $?",
    "coproc": 'coproc { while read -r l; do echo "<$l>"; done; }; echo hi >&${COPROC[1]}; read -r r <&${COPROC[0]}; echo $r; kill $!',
    "traps": "trap 'echo usr' USR1; kill -USR1 $$; trap 'echo err $?' ERR; false; trap 'echo leaving' EXIT; (exit 2); echo end",
    "redirections": 'exec 3>f; echo three >&3; exec 3>&-; cat() { while IFS= read -r l; do echo "$l"; done; }; cat <f; echo e >&2 2>/dev/null; { echo a; echo b >&2; } 2>&1 | cat; echo x &>g; cat <g',
    "subshells": "x=1; (x=2; cd /; echo $x $PWD); echo $x; y=$(echo $BASH_SUBSHELL; (echo $BASH_SUBSHELL)); echo $y; exec 5< <(echo five); read -u 5 z; echo $z",
    "builtins": "type echo | head -1 2>/dev/null; umask; ulimit -c; printf '%q\\n' \"a b\"; echo {1..5} {a..c}x; shopt -s nullglob; echo *.none; pushd / >/dev/null; pwd; popd >/dev/null; times >/dev/null; echo $?",
    "errors": "nosuchcommand; echo $?; cd /nonexistent; echo $?; set -e; false; echo not reached",
}

SQL = b"""
CREATE TABLE fruit (name TEXT PRIMARY KEY, count INTEGER, price REAL);
INSERT INTO fruit VALUES ('apple', 10, 0.5), ('pear', 3, 0.75), ('fig', 7, NULL);
SELECT name, count * price FROM fruit ORDER BY name;
SELECT count(*), sum(count), avg(price), max(name) FROM fruit;
INSERT INTO fruit VALUES ('apple', 1, 1);
BEGIN;
UPDATE fruit SET count = count + 1;
ROLLBACK;
SELECT * FROM fruit WHERE name LIKE '%p%' ORDER BY count;
CREATE INDEX by_count ON fruit (count);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
INSERT INTO fruit SELECT 'n' || i, i, i / 3.0 FROM n;
SELECT count(*), sum(price) > 0 FROM fruit WHERE count BETWEEN 100 AND 200;
SELECT typeof(price), upper(substr(name, 1, 2)), hex('ab') FROM fruit LIMIT 2;
SELECT f.name, g.name FROM fruit f JOIN fruit g ON f.count = g.count AND f.name < g.name ORDER BY 1 LIMIT 3;
DELETE FROM fruit WHERE count > 100;
VACUUM;
PRAGMA integrity_check;
SELECT nonsense;
DROP TABLE fruit;
SELECT count(*) FROM sqlite_master;
"""

LUA = b"""
print("hello", _VERSION, #arg, arg[1])
local t = {}
for i = 1, 10 do t[#t + 1] = i * i end
print(table.concat(t, " "), select("#", table.unpack(t)))
table.sort(t, function(a, b) return a > b end)
print(t[1], t[#t], string.format("%5.2f|%-5s|%05d|%x", math.pi, "ab", 42, 255))
for word, n in ("one=1 two=2"):gmatch("(%w+)=(%w+)") do print(word, n + 0) end
local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
print(co(), co(), co())
print(pcall(error, "on purpose"))
print(select(2, pcall(function() return nil + 1 end)))
local file = assert(io.open("lua.txt", "w"))
file:write("line one\\nline two\\n")
file:close()
for line in io.lines("lua.txt") do print(line) end
print(io.open("missing"))
print(os.rename("lua.txt", "moved.txt"), os.remove("moved.txt"), os.remove("moved.txt"))
local meta = setmetatable({}, {__index = function(_, k) return k .. "!" end, __call = function(_, x) return x + 1 end})
print(meta.wow, meta(41), 7 // 2, 7 % -3, 2^10, 1 << 40, "10" + 5)
local sum = 0
for i = 1, 100000 do sum = sum + i % 7 end
print(sum, collectgarbage("count") > 0)
print(io.read("l"), io.read("n"))
os.exit(5, true)
"""


def program(name: str) -> Path:
    """A static program of the machine's. Skips the test where it is not installed."""
    path = shutil.which(name) or (f"/bin/{name}" if Path(f"/bin/{name}").exists() else None)
    if path is None:
        pytest.skip(f"needs {name}")
    return Path(path)


@pytest.mark.parametrize("name", BUSYBOX)
def test_busybox(name):
    compare(program("busybox"), ("busybox", "sh", "-c", BUSYBOX[name]), files={"fruit": FRUIT})


@pytest.mark.parametrize("name", BASH)
def test_bash(name):
    compare(program("bash-static"), ("bash-static", "-c", BASH[name]), files={"fruit": FRUIT})


def test_busybox_reads_its_script_from_standard_input():
    compare(program("busybox"), ("busybox", "sh"), stdin=b"echo one\nread x\nthe line\necho $x | tr a-z A-Z\nexit 6\n")


@pytest.mark.parametrize("database", [":memory:", "fruit.db"])
def test_sqlite(database):
    executable = build(REAL / "sql.c", "gcc", ("-lsqlite3", "-lm"))
    compare(executable, ("sql", database), stdin=SQL)


def test_lua():
    executable = build(REAL / "lua.c", "gcc", ("-I/usr/include/lua5.4", "-llua5.4", "-lm"))
    compare(executable, ("lua", "script.lua", "argument"), stdin=b"typed\n12.5\n", files={"script.lua": LUA})


def test_go():
    source = REAL / "hello.go"
    go = program("go")

    def compile_it(output: Path) -> list[str]:
        return [str(go), "build", "-ldflags=-s -w", "-o", str(output), str(source)]

    compare(cached(source, str(go), compile_it, {"CGO_ENABLED": "0", "GOFLAGS": "-mod=mod", "GO111MODULE": "off"}))


def test_rust():
    source = REAL / "hello.rs"
    rustc = program("rustc")

    def compile_it(output: Path) -> list[str]:
        static = ["-C", "target-feature=+crt-static", "-C", "relocation-model=static"]
        return [str(rustc), "-O", *static, "-o", str(output), str(source)]

    compare(cached(source, str(rustc), compile_it))


@pytest.mark.parametrize("shell", ["busybox", "bash-static"])
def test_the_native_shells_are_static(shell):
    shown = subprocess.run(["readelf", "-l", str(program(shell))], capture_output=True, text=True, check=True).stdout
    assert "INTERP" not in shown
