import CacheStore
import CachingClient
import CrawlPolicy
import DequeModule
import HTTPCaching
import HTTPSemantics

/// What a worker is handed.
enum CrawlWork: Sendable {
    /// Ask the origin.
    case fetch(CrawlItem)
    /// Read the content of an answer that lies in the store.
    case read(CrawlItem, FetchOutcome, PageReader)
}

/// Who waits for what in a crawl, as a value: the crawler keeps it under a lock and resumes, outside the lock, whom it names.
struct CrawlState {
    typealias Worker = CheckedContinuation<CrawlWork?, Never>
    typealias Reader = CheckedContinuation<Void, Never>

    /// A worker and what it gets; nil sends it home.
    typealias Handout = (worker: Worker, work: CrawlWork?)

    /// What the crawler does outside the lock.
    struct Step {
        var handouts: [Handout] = []
        /// Whether there is a new time in `timer`.
        var setsTimer = false
    }

    var scheduler: ItemScheduler
    /// Keys under way, each with the items that came for the same key meanwhile.
    private var underWay: [CacheKey: [CrawlItem]] = [:]
    private var idleWorkers: [Worker] = []
    /// Answers in the store whose content is to be read.
    private var readable: Deque<CrawlWork> = []
    /// The reader of the input, while there is no room for more.
    private var waitingReader: Reader?
    private let window: Int
    /// URLs read and not yet at their end.
    private(set) var openItems = 0
    private(set) var isInputRead = false
    private(set) var isStopping = false
    /// When the crawler will look again by itself; nil where it need not.
    private(set) var timer: UnixTime?
    private(set) var known = 0
    /// When the crawl began; nil before.
    var startTime: UnixTime?

    init(politeness: PolitenessPolicy, window: Int) {
        scheduler = ItemScheduler(politeness: politeness)
        self.window = window
    }

    var isDrained: Bool { isInputRead && openItems == 0 }

    /// Whether nothing is left to do for now but to wait for what is on its way into the cache: what waits, if anything does, waits for
    /// its time.
    var isShortOfWork: Bool { readable.isEmpty && (scheduler.pendingCount == 0 || scheduler.activeCount == 0) }

    // MARK: - Input

    mutating func taken(_ count: Int) {
        openItems += count
        known += count
    }

    mutating func inputEnded() {
        isInputRead = true
    }

    /// How many URLs may be read now; 0 where no more are wanted.
    var room: Int { isStopping ? 0 : max(0, window - openItems) }

    /// Keeps the reader waiting where the window is full; returns whether it may go on at once.
    mutating func hasRoom(orWait reader: Reader) -> Bool {
        guard openItems >= window, !isStopping else { return true }
        waitingReader = reader
        return false
    }

    // MARK: - Keys

    /// Marks the item's key as under way, and returns the item; nil where it already is, and the item then waits for its end.
    mutating func begin(_ item: CrawlItem) -> CrawlItem? {
        guard Self.beginOrJoin(&underWay[item.key], item) else { return nil }
        var item = item
        item.holdsKey = true
        return item
    }

    /// Begins the list of those who wait for a key, or adds the item to it; returns whether it was begun.
    private static func beginOrJoin(_ waiting: inout [CrawlItem]?, _ item: CrawlItem) -> Bool {
        guard waiting == nil else {
            waiting?.append(item)
            return false
        }
        waiting = []
        return true
    }

    /// The answer to an item that held its key is in the store, or there is none: whoever waited for it looks for itself.
    mutating func end(_ item: CrawlItem) -> [CrawlItem] {
        item.holdsKey ? underWay.removeValue(forKey: item.key) ?? [] : []
    }

    // MARK: - Items and workers

    /// URLs have come to their end.
    ///
    /// - Returns: the reader, if there is room for more now.
    mutating func finishedItems(_ count: Int) -> Reader? {
        openItems -= count
        guard openItems < window, openItems <= window - window / 4 else { return nil }
        defer { waitingReader = nil }
        return waitingReader
    }

    /// What a worker that asks for work gets; nil where it has to wait and is remembered.
    mutating func next(for worker: Worker, now: UnixTime) -> Step {
        idleWorkers.append(worker)
        return handOut(now: now)
    }

    /// Gives idle workers what may be fetched now, and sends them home when all is done.
    mutating func handOut(now: UnixTime) -> Step {
        var step = Step()
        if isStopping || isDrained {
            step.handouts = idleWorkers.map { ($0, nil) }
            idleWorkers = []
            return step
        }
        while !readable.isEmpty, let worker = idleWorkers.popLast() { step.handouts.append((worker, readable.removeFirst())) }
        while !idleWorkers.isEmpty {
            switch scheduler.next(now: now) {
            case .fetch(let item, host: _):
                step.handouts.append((idleWorkers.removeLast(), .fetch(item)))
                continue
            case .wait(let until):
                if timer.map({ until < $0 }) ?? true {
                    timer = until
                    step.setsTimer = true
                }
            case .blocked, .empty:
                break
            }
            break
        }
        return step
    }

    /// Takes back an item for which nothing was asked; a crawl that stops keeps none.
    ///
    /// - Returns: the items whose host rests for too long.
    mutating func giveBack(
        _ item: CrawlItem?, host: String, now: UnixTime, itemNotBefore: UnixTime?, obstacle: CrawlScheduler.Obstacle
    ) -> [CrawlItem] {
        if isStopping, item != nil { openItems -= 1 }
        return scheduler.giveBack(
            isStopping ? nil : item, host: host, now: now, itemNotBefore: itemNotBefore, obstacle: obstacle)
    }

    /// What was seen at hosts that others keep busy, and when it was seen first.
    private var busyHosts: [String: (situation: HostSituation, since: UnixTime)] = [:]

    /// Whether nothing has moved at a host for the length of `limit`, though requests are said to be under way there.
    mutating func isStuck(_ host: String, _ situation: HostSituation?, now: UnixTime, limit: Duration) -> Bool {
        guard let situation, situation.activeRequests > 0 else {
            busyHosts[host] = nil
            return false
        }
        guard let known = busyHosts[host], known.situation == situation else {
            if busyHosts.count >= 1024 { busyHosts = [:] }
            busyHosts[host] = (situation, now)
            return false
        }
        return .milliseconds(now.milliseconds(since: known.since)) >= limit
    }

    /// Hosts that rest, as far as it was told.
    private var rests: [String: UnixTime] = [:]

    /// Returns whether the rest is news.
    mutating func noteRest(of host: String, until: UnixTime) -> Bool {
        if let known = rests[host], known >= until { return false }
        if rests.count >= 1024 { rests = [:] }
        rests[host] = until
        return true
    }

    /// Keeps answers for workers to read them.
    mutating func keepReadable(_ work: [CrawlWork]) {
        if isStopping { openItems -= work.count } else { readable += work }
    }

    // MARK: - Looking again

    /// Items whose key has an answer by now, or none: they are to be looked up.
    private var again: [CrawlItem] = []

    /// Keeps items to be looked up again; whoever does so takes all that have gathered.
    mutating func keepForAgain(_ items: [CrawlItem]) {
        again += items
    }

    mutating func takeAgain() -> [CrawlItem] {
        defer { again = [] }
        return again
    }

    /// The timer has run out.
    mutating func timerFired() {
        timer = nil
    }

    /// No more work is given out.
    mutating func stop() -> Reader? {
        isStopping = true
        openItems -= scheduler.removeAllPending().count + readable.count
        readable = []
        defer { waitingReader = nil }
        return waitingReader
    }
}
