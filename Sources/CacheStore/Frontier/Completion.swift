package import HTTPSemantics

/// What became of a URL, and what was found there: written as one, so that no crash separates them.
package struct Completion: Sendable {
    package var leased: LeasedURL
    package var answer: FinishedAnswer
    /// The links that are to be followed; known ones are dropped.
    package var links: [FrontierURL]
    /// Added to the table of patterns.
    package var patterns: [PatternDelta]
    /// Added to the table of what was not followed.
    package var cuts: [FrontierCut]

    package init(
        _ leased: LeasedURL, _ answer: FinishedAnswer, links: [FrontierURL] = [], patterns: [PatternDelta] = [],
        cuts: [FrontierCut] = []
    ) {
        self.leased = leased
        self.answer = answer
        self.links = links
        self.patterns = patterns
        self.cuts = cuts
    }

    /// What it holds in memory, about.
    package var byteCount: Int {
        var count = 256 + leased.path.utf8.count
        for link in links { count += link.byteCount }
        for pattern in patterns { count += 96 + pattern.text.utf8.count + (pattern.sample?.count ?? 0) }
        for cut in cuts { count += cut.byteCount }
        return count
    }
}

/// The answer to a URL, as the job keeps it.
package struct FinishedAnswer: Hashable, Sendable {
    /// The status of the answer; nil where there was none.
    package var status: Int?
    /// Kept for the engine, which alone knows what it means.
    package var outcome: Int
    /// Why there was no answer: a stable code, such as `timeout`; nil where there was one.
    package var errorCode: String?
    /// The first 8 bytes of the content's digest, to tell in the next round whether it has changed; nil: no content.
    package var digest: UInt64?
    /// Where the answer leads; nil: nowhere.
    package var redirectURL: String?
    package var time: UnixTime

    package init(
        status: Int?, outcome: Int = 0, errorCode: String? = nil, digest: UInt64? = nil, redirectURL: String? = nil, time: UnixTime
    ) {
        self.status = status
        self.outcome = outcome
        self.errorCode = errorCode
        self.digest = digest
        self.redirectURL = redirectURL
        self.time = time
    }
}

/// What an answer is beside that of the round before.
package enum PageClass: Int, CaseIterable, Sendable {
    /// Here for the first time: in the first round, all that is well.
    case new = 0
    /// Same status, same content.
    case unchanged
    /// Other status or content, and well.
    case changed
    /// Moved permanently: 301 or 308.
    case moved
    /// 404 or 410 where it was well in the round before.
    case gone
    /// No answer, or a status of 400 and more.
    case broken
    /// Not fetched: robots.txt, say.
    case refused

    init(_ answer: FinishedAnswer, previous: PreviousAnswer?) {
        let wasWell = previous?.isWell ?? false
        switch answer.status {
        case 404 where wasWell, 410 where wasWell: self = .gone
        case nil: self = .broken
        case .some(400...): self = .broken
        case 301, 308: self = .moved
        default:
            // One that was never answered is met for the first time.
            guard let previous, previous.status != nil else {
                self = .new
                return
            }
            let isSame = previous.status == answer.status && previous.digest == answer.digest
            self = isSame && wasWell ? .unchanged : .changed
        }
    }
}

/// The answer of the round before.
struct PreviousAnswer: Hashable {
    let status: Int?
    let digest: UInt64?

    var isWell: Bool { status.map { $0 < 400 } ?? false }
}

/// What is added to a pattern's row.
package struct PatternDelta: Hashable, Sendable {
    /// How many sums a row has.
    package static let sumCount = 4

    package var hash: UInt64
    package var text: String
    /// Added to the sums, which stop at the ends of their range; those that are missing are 0, those beyond `sumCount` left out.
    package var sums: [Int64]
    /// Takes the place of the sample; nil leaves it. Of several in one commit the last is written.
    package var sample: [UInt8]?

    package init(hash: UInt64, text: String, sums: [Int64], sample: [UInt8]? = nil) {
        self.hash = hash
        self.text = text
        self.sums = sums
        self.sample = sample
    }
}

/// A pattern's row, as it stands.
package struct StoredPattern: Hashable, Sendable {
    package let hash: UInt64
    package let text: String
    /// `PatternDelta.sumCount` of them.
    package let sums: [Int64]
    package let sample: [UInt8]?
}

/// URLs that were found and not followed.
package struct FrontierCut: Hashable, Sendable {
    /// A code of the engine's: `depth`, `robots`. There should be few of them.
    package var reason: String
    /// What they have in common: a pattern or a server.
    package var subject: String
    package var count: Int64
    package var exampleURL: String

    package init(reason: String, subject: String, count: Int64 = 1, exampleURL: String) {
        self.reason = reason
        self.subject = subject
        self.count = count
        self.exampleURL = exampleURL
    }

    var byteCount: Int { 96 + reason.utf8.count + subject.utf8.count + exampleURL.utf8.count }
}
