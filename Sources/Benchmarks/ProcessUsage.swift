#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What this process has used so far.
struct ProcessUsage {
    /// On all cores together.
    let processorTime: Duration
    /// The most that was resident in memory at one time; 0 where the system does not tell, as only Linux does.
    let peakMebibytes: Int

    static var now: ProcessUsage {
        ProcessUsage(processorTime: processorTimeNow, peakMebibytes: peakKibibytes / 1024)
    }

    /// `processorTime` alone, which takes less than a microsecond to ask for.
    static var processorTimeNow: Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }

    private static var peakKibibytes: Int {
        let file = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = max(0, read(file, &bytes, bytes.count))
        for line in bytes[..<count].split(separator: UInt8(ascii: "\n")) where line.starts(with: "VmHWM:".utf8) {
            let digits = line.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return Int(String(decoding: digits, as: UTF8.self)) ?? 0
        }
        return 0
    }
}

/// The length of a file in MiB; 0 where there is none.
func mebibytes(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) >> 20 : 0
}

/// Prints a line at once, also where a pipe is read.
func report(_ line: String) {
    print(line)
    fflush(nil)
}
