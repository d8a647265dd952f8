package import HTTPSemantics
import Synchronization

extension CachingClient {
    /// Answers a request and follows redirects, each hop through the cache; `deliver` receives the last answer only.
    package func fetchFollowingRedirects(
        _ request: RequestHead, content: [UInt8]? = nil, deliver: BodyConsumer? = nil
    ) async throws(FetchError) -> FetchOutcome {
        var chain = RedirectChain(limit: configuration.maximumRedirects)
        var request = request
        var content = content
        let startTime = now()
        while true {
            let filter = deliver.map { RedirectFilter(follows: configuration.maximumRedirects > 0, deliver: $0) }
            let outcome = try await fetch(
                request, content: content, timeLeft: timeLeft(spent: now().milliseconds(since: startTime)),
                deliver: filter.map { $0.consume })
            guard let head = outcome.head, let next = try chain.next(after: head, to: request) else { return outcome }
            if next.method != request.method { content = nil }
            request = next
        }
    }
}

/// Keeps the content of redirects that are followed from the receiver.
private final class RedirectFilter: Sendable {
    private let follows: Bool
    private let deliver: BodyConsumer
    private let isPassing = Mutex(true)

    init(follows: Bool, deliver: @escaping BodyConsumer) {
        self.follows = follows
        self.deliver = deliver
    }

    func consume(_ event: BodyEvent) async throws {
        if case .head(let preamble) = event {
            isPassing.withLock { $0 = !(follows && RedirectChain.isRedirect(preamble.head)) }
        }
        if isPassing.withLock({ $0 }) { try await deliver(event) }
    }
}
