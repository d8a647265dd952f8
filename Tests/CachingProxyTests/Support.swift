import CachingClient
import CachingProxy
import HTTPSemantics
import HTTPTransport
import NIOPosix
import Synchronization
import Testing

let testTime = UnixTime(seconds: 1_800_000_000)

/// Answers as a test says.
final class ScriptedAnswers: Answering {
    typealias AtOnce = @Sendable (RequestHead) -> Answer?
    typealias Later =
        @Sendable (RequestHead, RequestContent?, (@Sendable (ResponseHead) -> Void)?) async throws(FetchError) -> Answer

    private let seen = Mutex<[RequestHead]>([])
    private let atOnce: AtOnce
    private let later: Later

    init(atOnce: @escaping AtOnce = { _ in nil }, later: @escaping Later = { _, _, _ in .text("later") }) {
        self.atOnce = atOnce
        self.later = later
    }

    /// The requests that were answered, in order.
    var requests: [RequestHead] { seen.withLock { $0 } }

    func hitAtOnce(for request: RequestHead) -> MemoryHit? { nil }

    func answerAtOnce(to request: RequestHead) -> Answer? {
        let answer = atOnce(request)
        if answer != nil { seen.withLock { $0.append(request) } }
        return answer
    }

    func answer(
        to request: RequestHead, content: RequestContent?, interim: (@Sendable (ResponseHead) -> Void)?,
        on executor: (any TaskExecutor)?
    ) async throws(FetchError) -> Answer {
        seen.withLock { $0.append(request) }
        return try await later(request, content, interim)
    }
}

extension Answer {
    /// A response of 200 with that content.
    static func text(_ text: String, fields: FieldSection = [:], outcome: CacheOutcome = .hit) -> Answer {
        var fields = fields
        if !fields.contains("Content-Length") { fields.append("Content-Length", String(text.utf8.count)) }
        return Answer(
            head: ResponseHead(status: 200, fields: fields), body: .bytes(Array(text.utf8)), outcome: outcome, reason: "fresh")
    }
}

/// A stream that gives what a closure gives.
final class ScriptedStream: AnswerStream {
    private let pieces: @Sendable (Int) async throws(FetchError) -> [UInt8]?
    private let position = Mutex(0)
    private let cancelled = Mutex(false)
    let trailers: FieldSection

    init(trailers: FieldSection = [:], _ pieces: @escaping @Sendable (Int) async throws(FetchError) -> [UInt8]?) {
        self.trailers = trailers
        self.pieces = pieces
    }

    var isCancelled: Bool { cancelled.withLock(\.self) }
    /// How many pieces were asked for.
    var asked: Int { position.withLock(\.self) }

    func next() async throws(FetchError) -> [[UInt8]]? {
        let index = position.withLock { position in
            defer { position += 1 }
            return position
        }
        return try await pieces(index).map { [$0] }
    }

    func cancel() {
        cancelled.withLock { $0 = true }
    }

    func answer(_ fields: FieldSection = [:], status: Int = 200) -> Answer {
        Answer(head: ResponseHead(status: status, fields: fields), body: .stream(self), outcome: .miss, reason: "no_entry")
    }
}

/// Runs `body` with a server that is stopped afterwards.
func withServer<Result>(
    _ answers: ScriptedAnswers = ScriptedAnswers(atOnce: { _ in .text("hello") }),
    listen: ListenAddress = .tcp(host: "127.0.0.1", port: 0),
    configure: (inout ProxyConfiguration) -> Void = { _ in }, openTunnel: TunnelOpener? = nil,
    body: (ProxyServer) async throws -> Result
) async throws -> Result {
    var configuration = ProxyConfiguration(pseudonym: "larder-test", now: { testTime })
    configuration.stopTimeout = .milliseconds(500)
    configuration.lingerTimeout = .milliseconds(500)
    configure(&configuration)
    let server = try await ProxyServer.start(
        [listen], configuration: configuration, answering: answers, group: MultiThreadedEventLoopGroup.singleton,
        openTunnel: openTunnel)
    do {
        let result = try await body(server)
        await server.stop()
        return result
    } catch {
        await server.stop()
        throw error
    }
}

extension ProxyServer {
    var port: Int { ports.first ?? 0 }

    func client() async throws -> RawClient {
        try await RawClient.connect(port: port)
    }

    /// Sends bytes on a connection of their own, and gives everything that comes until the server ends.
    func exchange(_ text: String) async throws -> String {
        let client = try await client()
        client.send(text)
        let answer = await client.receiveAll()
        client.close()
        return answer
    }
}

/// Reads a request's content to its end.
func readAll(_ content: RequestContent?) async throws(FetchError) -> [UInt8] {
    switch content {
    case nil: return []
    case .bytes(let bytes)?: return bytes
    case .stream(let stream)?:
        var bytes: [UInt8] = []
        do {
            while let piece = try await stream.next() { bytes += piece }
        } catch {
            throw FetchError(code: .stopped, message: "the content was cut short", failureClass: .interrupted)
        }
        return bytes
    }
}
