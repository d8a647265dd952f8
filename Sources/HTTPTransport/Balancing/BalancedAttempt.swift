import HTTPSemantics
import NIOCore
import Synchronization

/// One request on its way through the servers of a group.
struct BalancedAttempt {
    private let request: TransportRequest
    private let deadline: NIODeadline?
    private let content: WatchedContent?
    private var triedServers: Set<Int> = []

    init(_ request: TransportRequest, start: NIODeadline) {
        var request = request
        deadline = request.maximumTime.map { start + TimeAmount($0) }
        if case .stream(let stream) = request.body {
            let watched = WatchedContent(stream)
            request.body = .stream(RequestStream(length: stream.length) { try await watched.next() })
            content = watched
        } else {
            content = nil
        }
        self.request = request
    }

    /// The request for one of the servers, with the time that is left for it.
    func request(to server: Server, now: NIODeadline) -> TransportRequest {
        var request = request
        request.server = server
        if let deadline { request.maximumTime = .nanoseconds((deadline - now).nanoseconds) }
        return request
    }

    /// All servers that have been tried, that one included.
    mutating func tried(_ index: Int) -> Set<Int> {
        triedServers.insert(index)
        return triedServers
    }

    /// Whether the request may be sent again though a server may have carried it out.
    var mayRepeat: Bool { request.head.method.isIdempotent && content?.hasBegun != true }

    /// Whether another server may be tried after that error.
    func mayGoOn(after error: TransportError) -> Bool {
        guard error.balancingOutcome != .unknown, error.code != .maximumTime else { return false }
        switch error.phase {
        // Nothing of the request was sent.
        case .resolve, .connect, .tls: return content?.hasBegun != true
        case .write, .head, .body: return mayRepeat
        }
    }
}

/// A streamed content that knows whether anything of it has been asked for.
private final class WatchedContent: Sendable {
    private let stream: RequestStream
    private let begun = Mutex(false)

    init(_ stream: RequestStream) {
        self.stream = stream
    }

    var hasBegun: Bool { begun.withLock(\.self) }

    func next() async throws -> [UInt8]? {
        begun.withLock { $0 = true }
        return try await stream.next()
    }
}

extension TransportError {
    /// What the error says of the server's health.
    var balancingOutcome: Balancer.Outcome {
        switch code {
        case .dnsFailed, .connectionRefused, .networkUnreachable, .connectTimeout, .connectionReset, .connectionClosed, .timeout,
            .truncatedBody, .protocolError, .headTooLarge, .tlsCertificateExpired, .tlsWrongHost, .tlsUntrusted, .tlsFailed:
            failure
        case .maximumTime:
            // A body may well take longer than the caller has time; a head should not.
            phase == .body ? .unknown : failure
        case .addressRefused, .allServersDown, .cancelled, .internal, .invalidRequest, .proxyFailed, .tooManyOpenFiles:
            .unknown
        }
    }

    private var failure: Balancer.Outcome {
        switch phase {
        case .resolve, .connect, .tls: .unreachable
        case .write, .head, .body: .failure
        }
    }

    static func allServersDown(authority: String, nextProbe: NIODeadline?, now: NIODeadline) -> TransportError {
        let wait = nextProbe.map { max(0, ($0 - now).nanoseconds / 1_000_000) }
        return TransportError(
            .allServersDown, .connect,
            "\(authority): no server of its group could be reached; "
                + (wait.map { "the next attempt is in \($0) ms" } ?? "one of them is being tried again"), isRetryable: true)
    }
}
