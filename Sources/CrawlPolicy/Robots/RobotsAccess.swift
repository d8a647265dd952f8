package import HTTPSemantics

/// How the fetch of a robots.txt ended.
package enum RobotsFetch: Hashable, Sendable {
    /// A whole final response, after at most `RobotsAccess.maximumRedirects` redirects. What names another host counts for the
    /// host that was asked (RFC 9309 section 2.3.1.2). The time that its `Retry-After` names, where it has one.
    case answered(status: Int, retryAfter: UnixTime? = nil)
    /// More redirects than that, a circle of them, or one that leads to nothing that can be fetched.
    case redirectedTooOften
    /// No whole response: the stable code of the error, such as "timeout". A body of which more than the limit of robots.txt
    /// has come is whole enough. The time before which the host is not to be asked, where it has named one before.
    case failed(code: String, retryAfter: UnixTime? = nil)
}

/// What the fetch of robots.txt means for all other URLs of the host (RFC 9309 section 2.3.1).
package enum RobotsAccess: Hashable, Sendable {
    /// The file's rules decide (2.3.1.1).
    case rules
    /// There is no file: all is allowed (2.3.1.3).
    case allowAll(RobotsFetch)
    /// Nobody knows what the file says: nothing is allowed (2.3.1.4).
    case disallowAll(RobotsFetch)
    /// Nobody has known for so long that the file counts as absent: all is allowed (2.3.1.4).
    case abandoned(RobotsFetch, since: UnixTime)

    /// How many redirects are followed from one robots.txt to the next (2.3.1.2). The caller follows them, also to other hosts.
    package static let maximumRedirects = 5

    /// - Parameters:
    ///   - unreachableSince: when the first of the fetches failed that have failed without interruption; nil: this one is the
    ///     first.
    ///   - patienceSeconds: after how long a file that cannot be reached counts as absent; 0 or less means never.
    package init(_ fetch: RobotsFetch, unreachableSince: UnixTime?, now: UnixTime, patienceSeconds: Int64) {
        if Self.isUnreachable(fetch) {
            if let since = unreachableSince, patienceSeconds > 0, now >= since.advanced(bySeconds: patienceSeconds) {
                self = .abandoned(fetch, since: since)
            } else {
                self = .disallowAll(fetch)
            }
        } else if case .answered(200...299, _) = fetch {
            self = .rules
        } else {
            self = .allowAll(fetch)
        }
    }

    /// Whether the fetch tells nothing about the file, because the server or the network failed.
    ///
    /// 429 is such an answer, though it begins with a 4: a server that asks for fewer requests has not given leave for more of
    /// them, and its file is most likely there. The standard would allow all.
    /// A status that no class of RFC 9110 section 15 has is taken for a server's fault as well.
    package static func isUnreachable(_ fetch: RobotsFetch) -> Bool {
        switch fetch {
        case .answered(let status, _): !(200...499).contains(status) || status == 429
        case .redirectedTooOften: false
        case .failed: true
        }
    }

    /// In words: "robots.txt answered 503: nothing is allowed".
    package var explanation: String {
        switch self {
        case .rules: "robots.txt decides"
        case .allowAll(let fetch): "\(fetch.explanation): all is allowed"
        case .disallowAll(let fetch): "\(fetch.explanation): nothing is allowed"
        case .abandoned(let fetch, _): "\(fetch.explanation), and nothing else for long: all is allowed"
        }
    }
}

extension RobotsFetch {
    /// Before which time the host does not want to be asked again; nil: it has not said so.
    package var retryAfter: UnixTime? {
        switch self {
        case .answered(_, let time), .failed(_, let time): time
        case .redirectedTooOften: nil
        }
    }

    /// In words: "robots.txt answered 503".
    package var explanation: String {
        switch self {
        case .answered(let status, _): "robots.txt answered \(status)"
        case .redirectedTooOften: "robots.txt redirects more than \(RobotsAccess.maximumRedirects) times"
        case .failed(let code, _): "robots.txt could not be fetched (\(code))"
        }
    }
}
