#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How many files and connections this process may have open at a time.
package enum DescriptorLimit {
    /// What files, threads and the event loops need besides connections.
    private static let reserve = 40

    /// Raises the soft limit to the hard one: it is 1024 nearly everywhere, for the sake of programs that use select(2).
    package static func raise() {
        guard var limit = read() else { return }
        // Some systems name no bound at all, and then refuse to be taken at their word.
        let wanted = min(limit.rlim_max, 1_048_576)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        // Where it is refused, the limit stays as it was.
        _ = setrlimit(resource, &limit)
    }

    /// Connections that may be in use at a time while as many more are kept alive, so that the cache never lacks a descriptor.
    package static var connections: Int {
        guard let limit = read() else { return 256 }
        return max(1, (Int(clamping: min(limit.rlim_cur, 1_048_576)) - reserve) / 2)
    }

    /// Clients that may be connected at a time: what is left for connections to servers and for the cache is a quarter, or 2,048
    /// where a quarter is more.
    package static var clients: Int {
        guard let limit = read() else { return 256 }
        let all = Int(clamping: min(limit.rlim_cur, 1_048_576)) - reserve
        return max(1, all - min(2048, all / 4))
    }

    private static func read() -> rlimit? {
        var limit = rlimit()
        return getrlimit(resource, &limit) == 0 ? limit : nil
    }

    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif
}
