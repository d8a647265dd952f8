/// Whether a link is followed.
package enum ScopeDecision: Hashable, Sendable {
    /// It is, as a URL of this depth; seeds have depth 0.
    case follow(depth: Int)
    case refuse(ScopeRefusal)
}

/// Why a link is not followed.
package enum ScopeRefusal: Hashable, Sendable {
    /// Only http and https are followed.
    case scheme(String)
    /// The URL has this many bytes, and so many are allowed.
    case length(Int, limit: Int)
    /// Its author asks not to follow it, by the link's relation or the page's directives.
    case noFollow
    /// It would have this depth.
    case depth(Int, limit: Int)
    /// Its host is none of those that the crawl may visit.
    case host(String)
    /// It lies outside of the directories of the seeds on its host.
    case parent
    /// The user's pattern of what to refuse matches.
    case rejected
    /// The user's pattern of what to accept does not match.
    case notAccepted
    /// Its path looks like one that grows without end.
    case path(PathTrap.Finding)

    /// The kind of the refusal, for counting.
    package var reason: CutReason {
        switch self {
        case .scheme: .scheme
        case .length: .length
        case .noFollow: .noFollow
        case .depth: .depth
        case .host: .host
        case .parent: .parent
        case .rejected: .rejected
        case .notAccepted: .notAccepted
        case .path(.tooManySegments): .pathDepth
        case .path(.repeatedSegment), .path(.repeatedSequence): .pathRepeats
        }
    }
}

extension ScopeRefusal: CustomStringConvertible {
    /// A sentence for users, without its full stop. A host or scheme in it comes from the network as `WebURL` serialises it: printable
    /// ASCII.
    package var description: String {
        switch self {
        case .scheme(let scheme): "the scheme \(scheme) is not fetched"
        case .length(let length, let limit): "the URL has \(length) bytes, more than \(limit)"
        case .noFollow: "the page asks not to follow the link"
        case .depth(let depth, let limit): "it is \(depth) links away from a seed, more than \(limit)"
        case .host(let host): "the host \(host) is not part of the crawl"
        case .parent: "it is not below the directory of a seed"
        case .rejected: "it matches what is to be rejected"
        case .notAccepted: "it does not match what is to be accepted"
        case .path(let finding): finding.description
        }
    }
}
