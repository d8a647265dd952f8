package import CachingClient
package import HTTPSemantics

/// One request and what came of it, for logs.
package struct RequestRecord: Sendable {
    /// When the request had arrived.
    package var time: UnixTime
    /// The client's address without its port; empty for a Unix socket.
    package var client: String
    package var method: String
    /// The target URI, or the target as sent where it gave none.
    package var url: String
    package var status: Int
    package var outcome: CacheOutcome?
    /// The rule that decided, or the code of the error.
    package var reason: String
    /// What the Age field said; nil: nothing.
    package var age: Int64?
    /// Bytes of content that were handed to the connection.
    package var bytes: Int64
    package var elapsedMilliseconds: Int64
    /// False where the answer was cut short, by either side.
    package var isWhole: Bool
}
