package import HTTPSemantics

/// What the user wants of stored responses, on top of what requests and responses say.
package struct ReuseOptions: Hashable, Sendable {
    /// What the store is used for.
    package enum Mode: Hashable, Sendable {
        /// As RFC 9111 says.
        case standard
        /// Validate whatever is stored.
        case refresh
        /// Fetch again unconditionally.
        case reload
        /// Never use the network: what is stored answers, stale or not.
        case offline
    }

    package var mode: Mode
    /// In seconds: what is younger is fresh, whatever the server said, and what is not is stale. Nil leaves it to the server.
    package var maxAge: Int64?
    /// In seconds: how long past its lifetime a response may still answer. Nil means not at all.
    package var maxStale: Int64?

    /// What was received or confirmed at this time or later answers in every mode: it was asked for by the same crawl, which asks for
    /// nothing twice. Failures that may pass (408, 429, 5xx) do not. Nil: there is no such time.
    package var freshSince: UnixTime?

    package init(mode: Mode = .standard, maxAge: Int64? = nil, maxStale: Int64? = nil, freshSince: UnixTime? = nil) {
        self.freshSince = freshSince
        self.mode = mode
        self.maxAge = maxAge
        self.maxStale = maxStale
    }
}
