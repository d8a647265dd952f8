import HTTPSemantics

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The machine's clock: the one place where this program reads it.
enum SystemClock {
    @Sendable static func now() -> UnixTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UnixTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
