-- Goes through a list with wrk: the requests are made once, the time for the given number of them is written to a file, then wrk ends.
-- Arguments: the list (path, ETag and Last-Modified with tabs between), the number of requests, of connections, the file for the seconds.
local ffi = require("ffi")
ffi.cdef [[
    typedef struct { long seconds; long nanoseconds; } bench_time;
    int clock_gettime(int, bench_time *);
    int getpid(void);
    int kill(int, int);
]]
local MONOTONIC, INTERRUPT = 1, 2
local now = ffi.new("bench_time")
local requests, count, last, began, result = {}, 0, 0, 0, nil

local function clock()
    ffi.C.clock_gettime(MONOTONIC, now)
    return tonumber(now.seconds) + tonumber(now.nanoseconds) / 1e9
end

function init(arguments)
    for line in io.lines(arguments[1]) do
        local path, tag, date = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)$")
        local fields = {}
        for name, value in pairs(wrk.headers) do fields[name] = value end
        if tag ~= "" then fields["If-None-Match"], fields["If-Modified-Since"] = tag, date end
        requests[#requests + 1] = wrk.format("GET", path, fields)
    end
    -- The answer to a request has come when its connection asks for another one.
    last = 1 + tonumber(arguments[2]) + tonumber(arguments[3])
    result = arguments[4]
end

function request()
    -- wrk asks for one before it begins, to look at it.
    if count == 1 then began = clock() end
    count = count + 1
    if count == last then
        local file = io.open(result, "w")
        file:write(clock() - began, "\n")
        file:close()
        ffi.C.kill(ffi.C.getpid(), INTERRUPT)
    end
    return requests[(count - 1) % #requests + 1]
end
