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
file:write("line one\nline two\n")
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
