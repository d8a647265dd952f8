package import CachingClient
package import HTTPCaching
package import HTTPSemantics

/// What a crawl tells while it runs.
package enum CrawlEvent: Sendable {
    /// A URL has come to its end; what was to be stored is stored.
    case finished(CrawlResult)
    /// A line of the input is no http or https URL; the crawl goes on.
    case invalidSeed(InvalidSeed)
    /// A host wants to be left alone until then; its URLs wait.
    case hostRests(host: String, until: UnixTime)
    /// A host gives no answers and is left alone until then, or for the rest of the run; its URLs wait.
    case hostPutAside(host: String, reason: String, until: UnixTime)
}

/// What became of one URL of the list. A class, as it goes from hand to hand by the thousand.
package final class CrawlResult: Sendable {
    /// The URL as it stood in the list, user and password left out.
    package let url: String
    package let outcome: CacheOutcome
    /// The rule that decided, as a stable name.
    package let reason: String
    /// The last answer; nil where none came.
    package let answer: CrawlAnswer?
    /// From the URL's first look into the store until its answer was complete, waiting for the host included.
    package let elapsedMilliseconds: Int64
    /// Requests sent, retries and redirects included; 0 for what the store answered alone.
    package let attempts: Int
    /// Distance from the list in links; 0 for the list itself.
    package let depth: Int
    package let error: FetchError?
    /// Content bytes that came over the network, redirects and failed attempts with a response included.
    package let networkBytes: Int64

    package init(
        url: String, outcome: CacheOutcome, reason: String, answer: CrawlAnswer?, elapsedMilliseconds: Int64, attempts: Int = 0,
        depth: Int = 0, error: FetchError? = nil, networkBytes: Int64 = 0
    ) {
        self.url = url
        self.outcome = outcome
        self.reason = reason
        self.answer = answer
        self.elapsedMilliseconds = elapsedMilliseconds
        self.attempts = attempts
        self.depth = depth
        self.error = error
        self.networkBytes = networkBytes
    }

    /// Status of the last answer; nil where none came.
    package var status: Int? { answer?.status }

    /// Whether the origin has said so itself, just now: what the store answers, also because the origin failed, says nothing of it.
    var isOfHost: Bool { attempts > 0 && outcome != .hit && outcome != .stale }
}

/// The answer with which a URL has come to its end.
package struct CrawlAnswer: Sendable {
    /// Where the redirects led.
    package let url: WebURL
    package let head: StoredHead
    /// Age in seconds of an answer from the store; nil for what was just fetched.
    package let age: Int64?
    /// Length of the content as the server sends it, its Content-Encoding still on.
    package let bodyBytes: Int64
    /// Bytes the content takes in the store.
    package let storedBytes: Int64

    package init(url: WebURL, head: StoredHead, age: Int64?, bodyBytes: Int64, storedBytes: Int64) {
        self.url = url
        self.head = head
        self.age = age
        self.bodyBytes = bodyBytes
        self.storedBytes = storedBytes
    }

    package var status: Int { head.status }
    package var fields: FieldSection { head.value.fields }
}

/// A line that is no http or https URL.
package struct InvalidSeed: Error, Hashable, Sendable {
    /// The file's name, `-` for standard input, `argument` for the command line.
    package var source: String
    /// Line in the file, or position among the arguments, from 1.
    package var line: Int
    /// The line itself, shortened to 200 characters.
    package var text: String
    /// What is wrong with it.
    package var reason: String
}

/// The account of a crawl at its end.
package struct CrawlSummary: Sendable {
    /// URLs that came to an end.
    package var total = 0
    package var outcomes: [CacheOutcome: Int] = [:]
    package var invalidSeeds = 0
    /// How often each error came, by its code.
    package var errors: [String: Int] = [:]
    /// Answers with a status of 400 or more.
    package var httpFailures = 0
    /// Content bytes that came over the network.
    package var networkBytes: Int64 = 0
    /// Content bytes that the store answered in place of the network.
    package var savedBytes: Int64 = 0
    /// URLs answered without a request.
    package var savedRequests = 0
    package var elapsedMilliseconds: Int64 = 0
    /// The longest that an answer has waited for its commit, in milliseconds.
    package var longestCommitMilliseconds: Int64 = 0
    /// The crawl was stopped before its end.
    package var interrupted = false
    /// The kinds of failure that occurred.
    package var failureClasses: Set<FailureClass> = []

    package init() {}

    /// Whether URLs came to an end, and not one of them with an answer.
    package var hasNothingButErrors: Bool { total > 0 && errors.values.reduce(0, +) == total }

    /// URLs that came to an end per second.
    package var urlsPerSecond: Double {
        elapsedMilliseconds > 0 ? Double(total) * 1000 / Double(elapsedMilliseconds) : 0
    }

    mutating func count(_ events: [CrawlEvent]) {
        // Most follow others of the same outcome: the dictionary is asked once for a run of them.
        var run: (outcome: CacheOutcome, count: Int)?
        for event in events {
            switch event {
            case .finished(let result):
                if run?.outcome != result.outcome {
                    if let run { outcomes[run.outcome, default: 0] += run.count }
                    run = (result.outcome, 0)
                }
                run?.count += 1
                countAllButOutcome(of: result)
            case .invalidSeed: invalidSeeds += 1
            case .hostRests, .hostPutAside: break
            }
        }
        if let run { outcomes[run.outcome, default: 0] += run.count }
    }

    mutating func count(_ hits: UntoldHits) {
        if hits.count == 0 { return }
        total += hits.count
        savedRequests += hits.count
        savedBytes += hits.savedBytes
        if hits.fresh > 0 { outcomes[.hit, default: 0] += hits.fresh }
        if hits.stale > 0 { outcomes[.stale, default: 0] += hits.stale }
    }

    private mutating func countAllButOutcome(of result: CrawlResult) {
        total += 1
        networkBytes += result.networkBytes
        switch result.outcome {
        case .hit, .stale:
            if result.attempts == 0, result.error == nil { savedRequests += 1 }
            savedBytes += result.answer?.bodyBytes ?? 0
        case .revalidated: savedBytes += result.answer?.bodyBytes ?? 0
        case .miss, .uncacheable, .offlineMiss, .skipped, .error: break
        }
        if let error = result.error {
            errors[error.code.rawValue, default: 0] += 1
            failureClasses.insert(error.failureClass)
        }
        if let status = result.status, status >= 400 {
            httpFailures += 1
            failureClasses.insert(status == 401 || status == 407 ? .authentication : .httpStatus)
        }
        if result.outcome == .offlineMiss { failureClasses.insert(.offlineMiss) }
    }
}

/// URLs that the store has answered without a request, and of which nobody wants to be told one by one.
struct UntoldHits: Hashable, Sendable {
    private(set) var fresh = 0
    private(set) var stale = 0
    /// Content bytes that the store answered in place of the network.
    private(set) var savedBytes: Int64 = 0

    var count: Int { fresh + stale }

    /// - Parameter outcome: `hit` or `stale`.
    mutating func add(_ outcome: CacheOutcome, savedBytes bytes: Int64) {
        if outcome == .stale { stale += 1 } else { fresh += 1 }
        savedBytes += bytes
    }
}

/// Where a crawl stands, for a progress line.
package struct CrawlProgress: Sendable {
    /// The account so far.
    package var summary = CrawlSummary()
    /// URLs taken from the input so far.
    package var known = 0
    /// Whether the input has been read to its end, so that `known` is all.
    package var isInputRead = false
    /// Requests under way.
    package var inFlight = 0
    /// URLs of a job that are not at their end, those of other processes included; nil for a list.
    package var remaining: Int?

    package init() {}

    /// URLs that came to an end.
    package var done: Int { summary.total }
}
