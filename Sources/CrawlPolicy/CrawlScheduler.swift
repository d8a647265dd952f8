internal import DequeModule
package import HTTPSemantics
internal import HeapModule

/// Decides which URL is fetched next: hosts take turns, and none gets more than its `PolitenessPolicy` allows.
///
/// A value without clock or threads: `now` comes with each event. Adding, taking and finishing cost O(log n) in the number of
/// hosts and retries that wait for a time, O(1) otherwise. A host's items leave in the order in which they came.
///
/// It knows items by numbers that its caller gives them: compiled here for numbers, it costs a fifth of what it did for items of any
/// type.
package struct CrawlScheduler {
    /// What its caller knows an item by.
    package typealias Item = Int

    /// What the caller does next.
    package enum Step {
        /// Fetch this item now; report its end with `finished(host:now:holdUntil:)`.
        case fetch(Item, host: String)
        /// Nothing may be fetched before this time unless something is added or finished first.
        case wait(until: UnixTime)
        /// Everything that waits is blocked by requests in flight to the same hosts.
        case blocked
        /// Nothing waits; requests may still be in flight.
        case empty
    }

    /// What became of an item that was added.
    package enum Admission {
        case queued
        /// Its host has asked to be left alone until then, longer than the policy waits.
        case refused(until: UnixTime)
    }

    /// How a host took a request, as far as its pace goes.
    package enum Reception: Hashable, Sendable {
        /// It has answered as one does that can do more.
        case answered
        /// It has said that it is too much. A host that goes on so is left alone in the end.
        case refused
    }

    private struct Alarm: Comparable {
        var time: UnixTime
        var sequence: Int
        var host: String

        static func < (left: Alarm, right: Alarm) -> Bool {
            (left.time, left.sequence) < (right.time, right.sequence)
        }
    }

    /// Where hosts wait until they may be asked.
    private struct Lines {
        var ready: Deque<String> = []
        var sleeping = Heap<Alarm>()
        private var sequence = 0

        /// Puts a host into the line it belongs to now.
        mutating func place(_ queue: inout HostQueue, host: String, politeness: PolitenessPolicy, now: UnixTime) {
            let start = queue.nextStart(bound: queue.bound(politeness))
            // The end of a request of our own comes first, most likely.
            let slack = queue.waitsForOthers && queue.active > 0 ? CrawlScheduler.trialSlackMilliseconds : 0
            // A host without work sleeps too where it must not be asked: its pause must outlive its queue, and the alarm is what
            // forgets it.
            let line: HostQueue.Place =
                switch start {
                case nil: .parked
                case let start? where start > now: .sleeping
                default: queue.pending.isEmpty ? .parked : .ready
                }
            if line != queue.place {
                if queue.place == .ready { ready.removeAll { $0 == host } }
                if line == .ready { ready.append(host) }
                queue.place = line
            }
            if line == .sleeping, let start,
                queue.wakesAt.map({ $0 < start || $0 > start.advanced(byMilliseconds: slack) }) ?? true
            {
                sequence += 1
                let time = start.advanced(byMilliseconds: slack)
                sleeping.insert(Alarm(time: time, sequence: sequence, host: host))
                queue.wakesAt = time
            }
        }
    }

    private struct Delayed: Comparable {
        var time: UnixTime
        var sequence: Int
        var item: Item
        var host: String

        static func < (left: Delayed, right: Delayed) -> Bool {
            (left.time, left.sequence) < (right.time, right.sequence)
        }

        static func == (left: Delayed, right: Delayed) -> Bool {
            left.sequence == right.sequence
        }
    }

    /// Rates of more than one request in this span are kept on its average.
    package static let spreadMicroseconds: Int64 = 10_000

    private let politeness: PolitenessPolicy
    private var hosts: [String: HostQueue] = [:]
    private var lines = Lines()
    private var delayed = Heap<Delayed>()
    /// Hosts that asked for a longer pause than we wait; few, and kept for the length of the run.
    private var putAside: [String: UnixTime] = [:]
    private var sequence = 0

    /// Items that wait, those with a time of their own included.
    package private(set) var pendingCount = 0
    /// Items given out and not yet finished.
    package private(set) var activeCount = 0

    package init(politeness: PolitenessPolicy) {
        self.politeness = politeness
    }

    /// Puts an item into its host's line.
    ///
    /// - Parameters:
    ///   - notBefore: earliest time for this item, for retries; nil means as soon as the host's turn comes.
    ///   - crawlDelay: milliseconds that the host wants between two requests, by its robots.txt; the longer one of it and the
    ///     policy's pause holds, from then on.
    package mutating func add(
        _ item: Item, host: String, notBefore: UnixTime? = nil, crawlDelay: Int64 = 0, now: UnixTime
    ) -> Admission {
        if let until = putAside[host] {
            if until > now { return .refused(until: until) }
            putAside[host] = nil
        }
        pendingCount += 1
        if let notBefore, notBefore > now {
            sequence += 1
            delayed.insert(Delayed(time: notBefore, sequence: sequence, item: item, host: host))
        } else {
            enqueue(item, host: host, crawlDelay: crawlDelay, now: now)
        }
        return .queued
    }

    /// Takes the next item whose host may be asked at `now`.
    package mutating func next(now: UnixTime) -> Step {
        wake(now: now)
        if let host = lines.ready.popFirst(), let index = hosts.index(forKey: host),
            let item = hosts.values[index].pending.popFirst()
        {
            pendingCount -= 1
            activeCount += 1
            hosts.values[index].place = .parked
            hosts.values[index].begin()
            hosts.values[index].startRequest(
                now: now, interval: politeness.intervalMicroseconds, spread: Self.spreadMicroseconds)
            lines.place(&hosts.values[index], host: host, politeness: politeness, now: now)
            return .fetch(item, host: host)
        }
        guard pendingCount > 0 else { return .empty }
        switch (lines.sleeping.min?.time, delayed.min?.time) {
        case (let alarm?, let retry?): return .wait(until: min(alarm, retry))
        case (let time?, nil), (nil, let time?): return .wait(until: time)
        case (nil, nil): return .blocked
        }
    }

    /// Takes back the permit of an item that `next` gave out.
    ///
    /// - Parameters:
    ///   - holdUntil: the whole host rests until then (`Retry-After`, RFC 9110 section 10.2.3); nil means no more than the
    ///     policy asks.
    ///   - reception: how the host took the request; nil leaves its pace as it is.
    /// - Returns: the items that waited for the host, where it asked for a longer pause than the policy waits; else nothing.
    package mutating func finished(
        host: String, now: UnixTime, holdUntil: UnixTime? = nil, reception: Reception? = nil
    ) -> [Item] {
        guard let index = hosts.index(forKey: host), hosts.values[index].active > 0 else { return [] }
        activeCount -= 1
        let rest = hosts.values[index].finished(reception, politeness: politeness, now: now)
        return settle(index, host: host, now: now, holdUntil: [holdUntil, rest].compactMap(\.self).max())
    }

    /// The request for an item that `next` gave out is under way: nobody else on this machine is in its way.
    ///
    /// - Returns: whether `next` has more for that host, now or at a time that it tells.
    package mutating func admitted(host: String, now: UnixTime) -> Bool {
        guard let index = hosts.index(forKey: host) else { return false }
        let mayTryMore = hosts.values[index].admitted(bound: hosts.values[index].bound(politeness), now: now)
        guard mayTryMore else { return false }
        lines.place(&hosts.values[index], host: host, politeness: politeness, now: now)
        return hosts.values[index].place != .parked
    }

    /// Why no request was made for an item that `next` gave out.
    package enum Obstacle: Equatable, Sendable {
        /// None that concerns its host.
        case none
        /// Others on this machine ask the host as much as they may. However long they do, they are waited for.
        case busy(lookAgain: UnixTime)
        /// The host has asked to be left alone until then.
        case resting(until: UnixTime)
    }

    /// Takes back an item that `next` gave out and for which no request was sent: neither the pause nor the rate count it.
    ///
    /// - Parameters:
    ///   - item: what goes back to where it came from; nil where it has found its end.
    ///   - itemNotBefore: earliest time for this item; nil means with its host's turn.
    /// - Returns: the items that waited for the host, the item included, where the host rests for longer than the policy waits; else
    ///   nothing.
    package mutating func giveBack(
        _ item: Item?, host: String, now: UnixTime, itemNotBefore: UnixTime? = nil, obstacle: Obstacle = .none
    ) -> [Item] {
        guard let index = hosts.index(forKey: host), hosts.values[index].active > 0 else { return [] }
        activeCount -= 1
        hosts.values[index].active -= 1
        hosts.values[index].takeBackStart()
        if let item {
            pendingCount += 1
            if let itemNotBefore, itemNotBefore > now {
                sequence += 1
                delayed.insert(Delayed(time: itemNotBefore, sequence: sequence, item: item, host: host))
            } else {
                hosts.values[index].pending.prepend(item)
            }
        }
        switch obstacle {
        case .none, .resting: hosts.values[index].withdrawn(now: now)
        case .busy(let lookAgain): hosts.values[index].refused(until: lookAgain)
        }
        // The host may have been put aside since the item was given out.
        let holdUntil: UnixTime? = if case .resting(let until) = obstacle { until } else { putAside[host] }
        return settle(index, host: host, now: now, holdUntil: holdUntil)
    }

    /// Until when a host is left alone that asked for a longer pause than the policy waits; nil: it has not.
    package func asideUntil(_ host: String) -> UnixTime? { putAside[host] }

    /// Lets a host rest whose request is over, and forgets it where nothing is to be remembered.
    private mutating func settle(
        _ index: Dictionary<String, HostQueue>.Index, host: String, now: UnixTime, holdUntil: UnixTime?
    ) -> [Item] {
        var refused: [Item] = []
        if let holdUntil {
            hosts.values[index].eligibleAt = max(hosts.values[index].eligibleAt, holdUntil)
            if holdUntil.milliseconds(since: now) > politeness.maximumHoldMilliseconds {
                putAside[host] = holdUntil
                refused = Array(hosts.values[index].pending) + removeDelayed(host: host)
                hosts.values[index].pending.removeAll()
                pendingCount -= refused.count
            }
        }
        lines.place(&hosts.values[index], host: host, politeness: politeness, now: now)
        if hosts.values[index].isIdle, hosts.values[index].pace.isFull, hosts.values[index].eligibleAt <= now {
            hosts.remove(at: index)
        }
        return refused
    }

    /// Takes out all that waits for a host, for its caller to keep; what is in flight stays so.
    package mutating func removePending(host: String, now: UnixTime) -> [Item] {
        var items = removeDelayed(host: host)
        if let index = hosts.index(forKey: host) {
            items = Array(hosts.values[index].pending) + items
            hosts.values[index].pending.removeAll()
            _ = settle(index, host: host, now: now, holdUntil: nil)
        }
        pendingCount -= items.count
        return items
    }

    /// Takes out everything that waits, for a run that is being stopped.
    package mutating func removeAllPending() -> [Item] {
        var items: [Item] = []
        for host in Array(hosts.keys) {
            guard var queue = hosts.removeValue(forKey: host) else { continue }
            items.append(contentsOf: queue.pending)
            queue.pending.removeAll()
            queue.place = .parked
            if queue.active > 0 { hosts[host] = queue }
        }
        items.append(contentsOf: delayed.unordered.map(\.item))
        delayed = Heap()
        lines = Lines()
        pendingCount = 0
        return items
    }

    /// Takes out the items of a host that wait for a time of their own, in the order of their times. Walks all such items: hosts
    /// that are put aside are few.
    private mutating func removeDelayed(host: String) -> [Item] {
        let (removed, kept) = delayed.unordered.reduce(into: ([Delayed](), [Delayed]())) { parts, retry in
            if retry.host == host { parts.0.append(retry) } else { parts.1.append(retry) }
        }
        guard !removed.isEmpty else { return [] }
        delayed = Heap(kept)
        return removed.sorted().map(\.item)
    }

    private mutating func enqueue(_ item: Item, host: String, crawlDelay: Int64 = 0, now: UnixTime) {
        let index: Dictionary<String, HostQueue>.Index
        if let known = hosts.index(forKey: host) {
            index = known
        } else {
            hosts[host] = HostQueue(eligibleAt: now)
            guard let made = hosts.index(forKey: host) else { return }
            index = made
        }
        hosts.values[index].pending.append(item)
        hosts.values[index].crawlDelay = max(hosts.values[index].crawlDelay, crawlDelay)
        lines.place(&hosts.values[index], host: host, politeness: politeness, now: now)
    }

    /// How much later than it may, in milliseconds, a request is tried beside others of ours where nothing else happens.
    private static let trialSlackMilliseconds: Int64 = 16

    /// Moves what has come due by `now` into the lines.
    private mutating func wake(now: UnixTime) {
        while let retry = delayed.min, retry.time <= now {
            delayed.removeMin()
            enqueue(retry.item, host: retry.host, now: now)
        }
        while let alarm = lines.sleeping.min, alarm.time <= now {
            lines.sleeping.removeMin()
            // An alarm that was overtaken is void.
            guard let index = hosts.index(forKey: alarm.host), hosts.values[index].wakesAt == alarm.time else { continue }
            hosts.values[index].wakesAt = nil
            lines.place(&hosts.values[index], host: alarm.host, politeness: politeness, now: now)
            if hosts.values[index].isIdle, hosts.values[index].pace.isFull { hosts.remove(at: index) }
        }
    }
}
