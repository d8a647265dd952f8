/// Hands URLs out: servers in rotation, a few URLs of each.
///
/// Used on the writing thread alone, inside a transaction.
final class FrontierLeaser {
    /// How often it is looked for processes that are gone, where there is enough to hand out and where there is not.
    private static let leisurelyPeriod = Duration.seconds(2)
    private static let hungryPeriod = Duration.milliseconds(250)

    private let queue: QueueTable
    private let delayed: DelayedTable
    private let inflight: InflightTable
    private let hosts: HostNames
    /// The server that URLs were last taken from. The rotation goes on behind it.
    private var cursor: Int64 = .min
    /// When it was last looked for processes that are gone; nil: never.
    private var lookTime: ContinuousClock.Instant?

    init(queue: QueueTable, delayed: DelayedTable, inflight: InflightTable, hosts: HostNames) {
        self.queue = queue
        self.delayed = delayed
        self.inflight = inflight
        self.hosts = hosts
    }

    func lease(_ request: LeaseRequest, _ progress: inout FrontierProgress) throws(StoreError) -> FrontierLease {
        if progress.inflight > 0 {
            let isScarce = progress.queued < Int64(request.count)
            try takeBackAbandoned(period: isScarce ? Self.hungryPeriod : Self.leisurelyPeriod, &progress)
        }
        if progress.delayed > 0 {
            let count = try delayed.release(nowMilliseconds: request.nowMilliseconds, into: queue)
            progress.delayed -= count
            progress.queued += count
        }
        var lease = FrontierLease()
        try take(request, into: &lease, &progress)
        if progress.delayed > 0 { lease.nextDueMilliseconds = try delayed.nextDueMilliseconds() }
        return lease
    }

    /// One turn through the servers, each once at most.
    private func take(
        _ request: LeaseRequest, into lease: inout FrontierLease, _ progress: inout FrontierProgress
    ) throws(StoreError) {
        let start = cursor
        var hasWrapped = false
        while lease.urls.count < request.count, progress.queued > 0 {
            guard let host = try queue.host(after: cursor) else {
                if hasWrapped || start == .min { break }
                hasWrapped = true
                cursor = .min
                continue
            }
            if hasWrapped, host > start { break }
            cursor = host
            if request.skippedHosts.contains(FrontierHostID(row: host)) { continue }
            try take(from: host, atMost: min(request.perHost, request.count - lease.urls.count), into: &lease, &progress)
        }
    }

    private func take(
        from host: Int64, atMost count: Int, into lease: inout FrontierLease, _ progress: inout FrontierProgress
    ) throws(StoreError) {
        let authority = try hosts.authority(of: host)
        let rows = try queue.take(from: host, atMost: count)
        for row in rows {
            try inflight.add(row)
            lease.urls.append(LeasedURL(row, authority: authority))
        }
        progress.queued -= Int64(rows.count)
        progress.inflight += Int64(rows.count)
        if !rows.isEmpty { progress.state = 0 }
    }

    private func takeBackAbandoned(period: Duration, _ progress: inout FrontierProgress) throws(StoreError) {
        let now = ContinuousClock.now
        if let lookTime, now - lookTime < period { return }
        lookTime = now
        let count = try inflight.releaseAbandoned()
        progress.inflight -= count
        progress.queued += count
    }
}
