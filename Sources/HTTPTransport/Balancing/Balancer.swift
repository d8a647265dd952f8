package import NIOCore

/// Spreads requests over the servers of one group and keeps away from those that fail: a value, with the time as an argument.
///
/// Health is passive: nothing but the requests themselves is sent. After `Health.failureLimit` failures in a row a server is out
/// for a second, then one request at a time is let through as a probe; each failed probe doubles the time up to a minute, a
/// successful one brings the server back. A server that can be reached, however it answers, is out only while another is in service;
/// where none is, each one is tried again after a second at the latest, by as many requests as there are.
package struct Balancer: Sendable {
    /// How the server of a request is chosen.
    package enum Method: String, CaseIterable, Sendable {
        /// In turn, smoothly by weight: 3 and 1 gives a a b a, not a a a b.
        case roundRobin = "round-robin"
        /// The one with the fewest requests under way for its weight; in turn where several have as few.
        case leastRequests = "least-requests"
        /// By the key of the request, so that one key stays with one server; when a server is out its keys spread over the others,
        /// which keep theirs.
        case hash
    }

    /// A request given to a server, to be told of again when it is over.
    package struct Turn: Hashable, Sendable {
        /// The server's position in the group.
        package let index: Int
        /// The number of the probe where the server is out and this request decides whether it comes back; nil: it is none.
        let probe: Int?

        package var isProbe: Bool { probe != nil }
    }

    /// How a request ended, as far as the server's health goes.
    package enum Outcome: Sendable {
        case success
        /// The server could not be connected to.
        case unreachable
        /// It did not answer in time, broke the rules, or said that it can't serve. Where no other server is in service it counts
        /// as a success: whatever it answers is better than nothing.
        case failure
        /// It tells nothing: the caller gave up, for one.
        case unknown
    }

    package let method: Method
    private let weights: [Int]
    private let names: [UInt64]
    private var health: [Health]
    /// Requests under way, by server.
    private var active: [Int]
    /// The running weights of the turns (nginx's smooth weighted round-robin): the highest is next.
    private var running: [Int]

    /// - Parameters:
    ///   - servers: names, stable over restarts as the hash depends on them, and weights, at least 1.
    package init(servers: [(name: String, weight: Int)], method: Method) {
        self.method = method
        weights = servers.map { max(1, $0.weight) }
        names = servers.map { RendezvousHash.hash($0.name) }
        health = Array(repeating: Health(), count: servers.count)
        active = Array(repeating: 0, count: servers.count)
        running = Array(repeating: 0, count: servers.count)
    }

    // MARK: Choosing

    /// Chooses a server that is in service, or due for a probe; nil: there is none. Say `began` if the request is sent.
    ///
    /// - Parameters:
    ///   - key: what `hash` goes by; the other methods pass over it.
    ///   - excluding: servers that this request has tried already.
    package mutating func pick(key: String, now: NIODeadline, excluding: Set<Int> = []) -> Int? {
        var candidates = weights.indices.filter { !excluding.contains($0) && health[$0].isAvailable(now: now) }
        if !health.contains(where: { $0.state == .inService }) {
            candidates = weights.indices.filter { !excluding.contains($0) && health[$0].lastResort <= now }
        }
        guard candidates.count > 1 else { return candidates.first }
        switch method {
        case .roundRobin:
            return nextInTurn(candidates)
        case .leastRequests:
            return nextInTurn(leastLoaded(candidates))
        case .hash:
            let hash = RendezvousHash.hash(key)
            return candidates.max {
                RendezvousHash.score(key: hash, server: names[$0], weight: weights[$0])
                    < RendezvousHash.score(key: hash, server: names[$1], weight: weights[$1])
            }
        }
    }

    private mutating func nextInTurn(_ candidates: [Int]) -> Int? {
        var total = 0
        var best: Int?
        for index in candidates {
            running[index] += weights[index]
            total += weights[index]
            if best.map({ running[index] > running[$0] }) ?? true { best = index }
        }
        if let best { running[best] -= total }
        return best
    }

    private func leastLoaded(_ candidates: [Int]) -> [Int] {
        var best: [Int] = []
        for index in candidates {
            guard let first = best.first else {
                best = [index]
                continue
            }
            // Requests divided by weight, compared without the division.
            let (load, least) = (active[index] * weights[first], active[first] * weights[index])
            if load < least { best = [index] } else if load == least { best.append(index) }
        }
        return best
    }

    // MARK: What becomes of requests

    /// A request goes to that server.
    package mutating func began(_ index: Int) -> Turn {
        active[index] += 1
        return Turn(index: index, probe: health[index].began())
    }

    /// A good response head came: where the request was a probe, the server is back before the body is over.
    package mutating func answered(_ turn: Turn, now: NIODeadline) {
        if turn.isProbe { health[turn.index].ended(probe: turn.probe, .success, now: now) }
    }

    /// It is over; to be told once for each turn.
    package mutating func ended(_ turn: Turn, _ outcome: Outcome, now: NIODeadline) {
        active[turn.index] -= 1
        var outcome = outcome
        if outcome == .failure, !health.indices.contains(where: { $0 != turn.index && health[$0].state == .inService }) {
            outcome = .success
        }
        health[turn.index].ended(probe: turn.probe, outcome, now: now)
    }

    // MARK: Display

    /// How a server stands.
    package struct Status: Hashable, Sendable {
        package var state: State
        /// Requests under way.
        package var activeRequests: Int
        /// Since the last success.
        package var failuresInARow: Int

        package enum State: Hashable, Sendable {
            case inService
            /// Until then it gets no request.
            case out(until: NIODeadline)
            /// A request under way decides whether it comes back.
            case probing
        }
    }

    /// In the order of the group.
    package var status: [Status] {
        weights.indices.map { Status(state: health[$0].state, activeRequests: active[$0], failuresInARow: health[$0].failures) }
    }

    /// When the first server may be tried again; nil: one is in service, or there is none.
    package var nextProbe: NIODeadline? {
        health.contains { $0.state == .inService } ? nil : health.map(\.lastResort).min()
    }
}
