package import CachingClient
import Synchronization

/// Counters of one server since its start.
package final class ProxyStatistics: Sendable {
    private let outcomes: [Counter] = CacheOutcome.allCases.map { _ in Counter() }
    private let refusals = Counter()
    private let tunnels = Counter()
    private let accepted = Counter()
    private let open = Counter()
    private let bytes = Counter()

    private final class Counter: Sendable {
        let value = Atomic<Int64>(0)

        func add(_ count: Int64) {
            value.wrappingAdd(count, ordering: .relaxed)
        }

        var current: Int64 { value.load(ordering: .relaxed) }
    }

    private let currentUpstreams: (@Sendable () -> [UpstreamStatus])?

    /// - Parameter upstreams: tells how the servers behind a reverse proxy stand; nil: there are none.
    package init(upstreams: (@Sendable () -> [UpstreamStatus])? = nil) {
        currentUpstreams = upstreams
    }

    /// The servers behind a reverse proxy, as they stand now.
    package var upstreams: [UpstreamStatus] { currentUpstreams?() ?? [] }

    func answered(_ outcome: CacheOutcome) {
        guard let index = CacheOutcome.allCases.firstIndex(of: outcome) else { return }
        outcomes[index].add(1)
    }

    func refused() { refusals.add(1) }
    func tunnelled() { tunnels.add(1) }
    func sent(_ count: Int64) { bytes.add(count) }

    /// - Returns: how many are open now.
    func connectionOpened() -> Int64 {
        accepted.add(1)
        return open.value.wrappingAdd(1, ordering: .relaxed).newValue
    }

    func connectionClosed() { open.add(-1) }

    /// Answers by what the cache had to do with them, in the order of the cases.
    package var byOutcome: [(outcome: CacheOutcome, count: Int64)] {
        zip(CacheOutcome.allCases, outcomes).map { ($0, $1.current) }
    }

    /// Answers that the proxy gave itself: errors, its own pages.
    package var ownAnswers: Int64 { refusals.current }
    package var openedTunnels: Int64 { tunnels.current }
    package var acceptedConnections: Int64 { accepted.current }
    package var openConnections: Int64 { open.current }
    /// Bytes of content handed to clients.
    package var sentBytes: Int64 { bytes.current }
}
