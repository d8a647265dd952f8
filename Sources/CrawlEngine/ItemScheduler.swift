import CrawlPolicy
import HTTPSemantics

/// `CrawlScheduler` for the items of a crawl: keeps them while it knows their numbers.
struct ItemScheduler {
    /// What `next` says.
    enum Step {
        case fetch(CrawlItem, host: String)
        case wait(until: UnixTime)
        case blocked
        case empty
    }

    private var numbers: CrawlScheduler
    /// Items that wait, by their numbers; nil: a number that is free.
    private var items: [CrawlItem?] = []
    private var free: [Int] = []

    init(politeness: PolitenessPolicy) {
        numbers = CrawlScheduler(politeness: politeness)
    }

    var pendingCount: Int { numbers.pendingCount }
    var activeCount: Int { numbers.activeCount }

    mutating func add(
        _ item: CrawlItem, host: String, notBefore: UnixTime? = nil, crawlDelay: Int64 = 0, now: UnixTime
    ) -> CrawlScheduler.Admission {
        let number = keep(item)
        let admission = numbers.add(number, host: host, notBefore: notBefore, crawlDelay: crawlDelay, now: now)
        if case .refused = admission { _ = take(number) }
        return admission
    }

    mutating func next(now: UnixTime) -> Step {
        switch numbers.next(now: now) {
        case .fetch(let number, let host):
            guard let item = take(number) else { return .blocked }
            return .fetch(item, host: host)
        case .wait(let until): return .wait(until: until)
        case .blocked: return .blocked
        case .empty: return .empty
        }
    }

    mutating func finished(
        host: String, now: UnixTime, holdUntil: UnixTime? = nil, reception: CrawlScheduler.Reception? = nil
    ) -> [CrawlItem] {
        take(numbers.finished(host: host, now: now, holdUntil: holdUntil, reception: reception))
    }

    mutating func admitted(host: String, now: UnixTime) -> Bool {
        numbers.admitted(host: host, now: now)
    }

    mutating func giveBack(
        _ item: CrawlItem?, host: String, now: UnixTime, itemNotBefore: UnixTime? = nil, obstacle: CrawlScheduler.Obstacle = .none
    ) -> [CrawlItem] {
        let number = item.map { keep($0) }
        return take(
            numbers.giveBack(number, host: host, now: now, itemNotBefore: itemNotBefore, obstacle: obstacle))
    }

    func asideUntil(_ host: String) -> UnixTime? { numbers.asideUntil(host) }

    mutating func removePending(host: String, now: UnixTime) -> [CrawlItem] {
        take(numbers.removePending(host: host, now: now))
    }

    mutating func removeAllPending() -> [CrawlItem] {
        take(numbers.removeAllPending())
    }

    // MARK: - Numbers

    private mutating func keep(_ item: CrawlItem) -> Int {
        guard let number = free.popLast() else {
            items.append(item)
            return items.count - 1
        }
        items[number] = item
        return number
    }

    private mutating func take(_ number: Int) -> CrawlItem? {
        defer {
            items[number] = nil
            free.append(number)
        }
        return items[number]
    }

    private mutating func take(_ numbers: [Int]) -> [CrawlItem] {
        numbers.compactMap { take($0) }
    }
}
