package import HTTPSemantics

/// Whether a failed attempt is made again, and when.
package struct RetryPolicy: Hashable, Sendable {
    /// How an attempt failed, as far as retrying is concerned.
    package enum Failure: Hashable, Sendable {
        /// A response with this status, and the time that its `Retry-After` names, if it has one.
        case status(Int, retryAfter: UnixTime?)
        /// No whole response came: connection errors, time-outs, a body cut short.
        case connection
        /// Trying again cannot help: a certificate, a limit of ours, a protocol error.
        case permanent
    }

    package enum Decision: Hashable, Sendable {
        /// Try again, not before this time.
        case retry(at: UnixTime)
        case giveUp
    }

    /// Further attempts after the first.
    package var retries: Int
    /// Pause before the first retry in milliseconds; doubled for each further one.
    package var baseMilliseconds: Int64
    /// The longest pause in milliseconds.
    package var maximumMilliseconds: Int64

    package init(retries: Int = 2, baseMilliseconds: Int64 = 1_000, maximumMilliseconds: Int64 = 60_000) {
        self.retries = retries
        self.baseMilliseconds = baseMilliseconds
        self.maximumMilliseconds = maximumMilliseconds
    }

    /// Whether a status asks to be tried again: 408, 429 and the 5xx but for 501 and 505, which time does not change
    /// (RFC 9110 section 15, RFC 6585 section 4).
    package static func isTransient(status: Int) -> Bool {
        status == 408 || status == 429 || (500...599).contains(status) && status != 501 && status != 505
    }

    /// - Parameters:
    ///   - attempt: the number of the attempt that failed, from 1.
    ///   - isIdempotent: whether the method may be sent twice (RFC 9110 section 9.2.2); if not, only a status leads to a retry.
    ///   - jitter: a random number in 0..<1, which spreads the pause over its upper half so that many clients do not return together.
    package func decide(failure: Failure, attempt: Int, isIdempotent: Bool, jitter: Double, now: UnixTime) -> Decision {
        guard attempt <= retries else { return .giveUp }
        var earliest: UnixTime?
        switch failure {
        case .permanent:
            return .giveUp
        case .connection:
            guard isIdempotent else { return .giveUp }
        case .status(let status, let retryAfter):
            guard Self.isTransient(status: status), isIdempotent || status == 429 || status == 503 else { return .giveUp }
            earliest = retryAfter
        }
        let doublings = min(attempt - 1, 30)
        let full = min(maximumMilliseconds, baseMilliseconds << doublings)
        let pause = Double(full) * (0.5 + 0.5 * min(max(jitter, 0), 1))
        let retryAt = now.advanced(byMilliseconds: Int64(pause))
        return .retry(at: earliest.map { max($0, retryAt) } ?? retryAt)
    }
}
