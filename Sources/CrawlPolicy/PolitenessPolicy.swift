/// How much of a host's attention a crawl may take: the same for every host.
package struct PolitenessPolicy: Hashable, Sendable {
    /// Requests in flight to one host at a time; at least 1.
    package var maximumConcurrent: Int
    /// Milliseconds of silence between the end of one response and the next request to the same host; 0 means none. Where it is
    /// positive, a host gets one request at a time: only then does the server itself see the pause.
    package var waitMilliseconds: Int64
    /// Microseconds from the start of one request to the start of the next to the same host; 0 means no limit. Shorter intervals
    /// than `CrawlScheduler.spreadMicroseconds` hold on the average of such a span.
    package var intervalMicroseconds: Int64
    /// The longest `Retry-After` that is waited for, in milliseconds; a host that asks for more is put aside.
    package var maximumHoldMilliseconds: Int64

    package init(
        maximumConcurrent: Int = 4,
        waitMilliseconds: Int64 = 0,
        intervalMicroseconds: Int64 = 0,
        maximumHoldMilliseconds: Int64 = 600_000
    ) {
        self.maximumConcurrent = waitMilliseconds > 0 ? 1 : max(1, maximumConcurrent)
        self.waitMilliseconds = max(0, waitMilliseconds)
        self.intervalMicroseconds = max(0, intervalMicroseconds)
        self.maximumHoldMilliseconds = max(0, maximumHoldMilliseconds)
    }
}

/// A limit of requests to one host: at most `count` in `periodMilliseconds`, evenly spread.
package struct RequestRate: Hashable, Sendable {
    package var count: Int64
    package var periodMilliseconds: Int64

    package init(count: Int64, periodMilliseconds: Int64) {
        self.count = count
        self.periodMilliseconds = periodMilliseconds
    }

    /// Microseconds between two requests, rounded up so that the rate is never exceeded; 0 where the count is not positive.
    package var intervalMicroseconds: Int64 {
        guard count > 0, periodMilliseconds > 0 else { return 0 }
        let (period, overflow) = periodMilliseconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max / 4 : min(.max / 4, period / count + (period % count == 0 ? 0 : 1))
    }
}
