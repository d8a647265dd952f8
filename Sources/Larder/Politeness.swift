import CrawlPolicy

extension Cache {
    /// What is asked of one host, counted over all processes that use the cache, the program `larder` and its proxy included. It holds
    /// for requests: what comes from the cache waits for nobody.
    public struct Politeness: Hashable, Sendable {
        /// Requests under way at one host at a time, from their start until their content is complete, or given up. Default 4. A
        /// response that is not stored takes one of them until it is read or let go of.
        public var maximumPerHost = 4
        /// Silence between the end of an answer and the next request to its host; then a host gets one request at a time. Default
        /// zero: none.
        public var wait = Duration.zero
        /// The longest time that is waited where a server asks to be left alone (`Retry-After`, RFC 9110 section 10.2.3); what is longer
        /// ends with `host_put_aside`, of the kind ``LarderError/Kind/refused``. Default 30 s.
        public var longestRest = Duration.seconds(30)

        /// The defaults.
        public init() {}

        var policy: PolitenessPolicy {
            PolitenessPolicy(
                maximumConcurrent: maximumPerHost, waitMilliseconds: wait.wholeMilliseconds,
                maximumHoldMilliseconds: longestRest.wholeMilliseconds)
        }
    }
}

extension Duration {
    /// Rounded down; bounded, so that nothing overflows that is made of it.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return min(max(seconds, 0), 1 << 40) * 1000 + max(attoseconds, 0) / 1_000_000_000_000_000
    }
}
