import HTTPSemantics

@testable import CrawlPolicy

/// Claimants that all want as many turns at one host as they can get, on a clock that is moved by hand; each asks when it is told
/// to, and when one of its own requests has ended.
struct HostSimulation {
    struct Start: Equatable {
        var time: Int64
        var claimant: Int
    }

    private struct Flight {
        var end: Int64
        var claimant: Int
        var start: Int
    }

    static let beginning: Int64 = 1_795_000_000_000

    let policies: [PolitenessPolicy]
    /// How long each request takes, in milliseconds.
    let service: Int64
    var record = HostRecord()
    private(set) var starts: [Start] = []
    /// The ends of the requests that `starts` names, -1 while they are in flight.
    private(set) var ends: [Int64] = []
    /// The longest time from a refusal to the next grant, for each claimant.
    private(set) var longestWait: [Int64]
    private(set) var mostActive = 0
    private var flights: [Flight] = []
    private var nextAsk: [Int64]
    private var refusedSince: [Int64?]
    /// Those that ask no more; their requests go on.
    var silent: Set<Int> = []
    private(set) var time: Int64

    init(_ policies: [PolitenessPolicy], service: Int64) {
        self.policies = policies
        self.service = service
        longestWait = policies.map { _ in 0 }
        nextAsk = policies.map { _ in 0 }
        refusedSince = policies.map { _ in nil }
        time = Self.beginning
    }

    var now: UnixTime { UnixTime(milliseconds: time) }

    mutating func run(milliseconds: Int64) {
        let end = time + milliseconds
        while time < end {
            finish()
            // Nobody is always the first to ask.
            for offset in policies.indices { ask((offset + Int(time)) % policies.count) }
            time += 1
        }
    }

    func count(of claimant: Int) -> Int {
        starts.filter { $0.claimant == claimant }.count
    }

    /// The longest wait of any claimant, of those that still wait included.
    var longestWaitOfAll: Int64 {
        zip(longestWait, refusedSince).map { max($0, $1.map { time - $0 } ?? 0) }.max() ?? 0
    }

    private mutating func finish() {
        for flight in flights where flight.end <= time {
            record.finish(claimant: UInt32(flight.claimant + 1), policy: policies[flight.claimant], now: now, holdUntil: nil)
            ends[flight.start] = time
            nextAsk[flight.claimant] = time
        }
        flights.removeAll { $0.end <= time }
    }

    private mutating func ask(_ claimant: Int) {
        guard !silent.contains(claimant), nextAsk[claimant] <= time else { return }
        // One request more than it may have: its own bound refuses the last.
        while true {
            switch record.take(claimant: UInt32(claimant + 1), policy: policies[claimant], now: now) {
            case .granted:
                if let since = refusedSince[claimant] { longestWait[claimant] = max(longestWait[claimant], time - since) }
                refusedSince[claimant] = nil
                flights.append(Flight(end: time + service, claimant: claimant, start: starts.count))
                starts.append(Start(time: time, claimant: claimant))
                ends.append(-1)
                mostActive = max(mostActive, flights.count)
            case .busy(let again), .resting(let again):
                refusedSince[claimant] = refusedSince[claimant] ?? time
                nextAsk[claimant] = max(again.milliseconds, time + 1)
                return
            }
        }
    }
}
