import CacheStore
import HTTPCaching
import HTTPSemantics

/// What `larder explain` tells: the decision on a request, and the entries that it was made of.
struct ExplainedRequest {
    let request: RequestHead
    let explanation: Explanation
    /// The same responses as `explanation.variants`, in the same order.
    let entries: [StoredEntry]
    /// The status with which the store answers; nil where it does not.
    let answerStatus: Int?
    /// What this machine's processes have to do with the host; nil where nothing is known.
    let host: HostSituation?
    /// What robots.txt says, as far as it is stored; nil: there is nothing to say.
    let robots: ExplainedRobots?
    let now: UnixTime

    init(
        _ request: RequestHead, entries: [StoredEntry], host: HostSituation?, robots: ExplainedRobots?, options: ReuseOptions,
        kind: CacheKind, now: UnixTime
    ) {
        self.host = host
        self.robots = robots
        self.request = request
        self.entries = entries
        self.now = now
        let stored = entries.map(\.response)
        explanation = Explanation.make(
            stored: stored, requestTimes: entries.map(\.requestTime), request: request, options: options, kind: kind, now: now)
        var exchange = CacheExchange(request: request, options: options, kind: kind)
        switch exchange.lookedUp(stored, length: { entries[$0].body.wireBytes }, now: now) {
        case .serve(let serving): answerStatus = Self.status(serving, stored)
        case .serveAndRevalidate(let serving, _): answerStatus = kind == .shared ? Self.status(serving, stored) : nil
        case .forward, .unsatisfiable: answerStatus = nil
        }
    }

    private static func status(_ serving: Serving, _ stored: [StoredResponse]) -> Int {
        switch serving.form {
        case .whole: stored[serving.index].head.status
        case .notModified: 304
        case .range, .ranges: 206
        case .rangeNotSatisfiable: 416
        }
    }

    /// What is done.
    var action: ExplainedAction {
        ExplainedAction(explanation.decision, kind: explanation.kind)
    }

    /// What the other kind of cache would do.
    var otherAction: ExplainedAction {
        ExplainedAction(explanation.otherDecision, kind: explanation.kind.other)
    }

    /// The variant that the decision is about; nil where it is about none.
    var selected: ExplainedVariant? {
        explanation.variants.first(where: \.isSelected)
    }
}

/// What is done about a request. The raw values are names for programs.
enum ExplainedAction: String, CaseIterable {
    /// A stored response answers.
    case reuse
    /// A stored response answers, stale, and is validated afterwards.
    case reuseWhileRevalidating = "reuse_while_revalidating"
    /// A stored response answers if the server confirms it.
    case validate
    /// The server is asked for what a stored part lacks.
    case complete
    /// The server answers.
    case forward
    /// Nobody answers.
    case unsatisfiable

    init(_ decision: ReuseDecision, kind: CacheKind) {
        switch decision {
        case .reuse: self = .reuse
        // A command ends with its answer, so it waits for the validation; a server does not.
        case .reuseWhileRevalidating: self = kind == .shared ? .reuseWhileRevalidating : .validate
        case .validate: self = .validate
        case .complete: self = .complete
        case .forward: self = .forward
        case .unsatisfiable: self = .unsatisfiable
        }
    }

    /// The same for people.
    func sentence(isStale: Bool) -> String {
        switch self {
        case .reuse: isStale ? "Answered from the cache, stale." : "Answered from the cache."
        case .reuseWhileRevalidating: "Answered from the cache, stale, and validated afterwards."
        case .validate: "The server is asked whether the stored response still holds."
        case .complete: "The server is asked for the bytes that are missing."
        case .forward: "The server is asked for the whole response."
        case .unsatisfiable: "No answer: the server may not be asked."
        }
    }
}

extension ReuseDecision {
    /// Whether a stale response answers.
    var isStale: Bool {
        switch self {
        case .reuse(_, _, let isStale, _): isStale
        case .reuseWhileRevalidating: true
        case .validate, .complete, .forward, .unsatisfiable: false
        }
    }
}

extension CacheKind {
    var other: CacheKind { self == .private ? .shared : .private }

    /// A name for programs.
    var name: String { self == .private ? "private" : "shared" }

    /// Who is such a cache.
    var commands: String { self == .private ? "larder get, larder crawl" : "larder serve" }
}
