package import CachingClient
package import HTTPSemantics
package import HTTPTransport

/// Who answers the requests of clients: the cache with the network behind it, or a script in tests.
package protocol Answering: Sendable {
    /// A plain hit in memory, on the calling thread and without waiting; nil: ask `answerAtOnce`.
    func hitAtOnce(for request: RequestHead) -> MemoryHit?

    /// An answer that lies ready in memory, on the calling thread and without waiting; nil: ask `answer`.
    func answerAtOnce(to request: RequestHead) -> Answer?

    /// Answers a request from the store or the network.
    ///
    /// - Parameters:
    ///   - content: what the client sends with its request; nil for none.
    ///   - interim: told of the origin's informational responses (RFC 9110 section 15.2); nil: nobody wants them.
    ///   - executor: of the event loop that the client's connection is on; nil: any.
    func answer(
        to request: RequestHead, content: RequestContent?, interim: (@Sendable (ResponseHead) -> Void)?,
        on executor: (any TaskExecutor)?
    ) async throws(FetchError) -> Answer
}

extension CachingClient: Answering {}
