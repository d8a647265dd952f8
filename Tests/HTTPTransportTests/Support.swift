import HTTPSemantics
import HTTPTransport
import NIOCore
import Synchronization
import Testing

/// A response of 200 with a body and its length.
func okay(_ body: String, fields: String = "") -> Step {
    .send("HTTP/1.1 200 OK\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
}

let testTime = UnixTime(seconds: 1_800_000_000)

/// Runs `body` with a transport that is shut down afterwards.
func withTransport<Result>(
    _ configure: (inout TransportConfiguration) -> Void = { _ in }, clock: @escaping @Sendable () -> UnixTime = { testTime },
    body: (NIOTransport) async throws -> Result
) async throws -> Result {
    var configuration = TransportConfiguration()
    configure(&configuration)
    let transport = NIOTransport(configuration: configuration, clock: clock)
    do {
        let result = try await body(transport)
        await transport.shutdown()
        return result
    } catch {
        await transport.shutdown()
        throw error
    }
}

func request(
    _ url: String, _ method: HTTPMethod = .get, fields: FieldSection = [:], body: [UInt8]? = nil
) throws -> TransportRequest {
    TransportRequest(head: RequestHead(method: method, url: try #require(WebURL(url)), fields: fields), body: body)
}

extension Transport {
    /// Sends a request with that content and reads the body to its end.
    func fetch(
        _ url: String, _ method: HTTPMethod = .post, fields: FieldSection = [:], content: RequestContent?, server: Server? = nil,
        interim: (@Sendable (ResponseHead) -> Void)? = nil
    ) async throws -> (response: TransportResponse, body: String) {
        let head = RequestHead(method: method, url: try #require(WebURL(url)), fields: fields)
        let response = try await send(TransportRequest(head: head, content: content, server: server, interim: interim))
        return (response, String(decoding: try await response.body.readAll(), as: UTF8.self))
    }
}

extension NIOTransport {
    /// Sends a request and reads the body to its end.
    func fetch(
        _ url: String, _ method: HTTPMethod = .get, fields: FieldSection = [:], body: [UInt8]? = nil
    ) async throws -> (response: TransportResponse, body: String) {
        let response = try await send(try request(url, method, fields: fields, body: body))
        return (response, String(decoding: try await response.body.readAll(), as: UTF8.self))
    }

    /// Sends a request and expects the body.
    func expect(
        _ expected: String, from url: String, _ method: HTTPMethod = .get, fields: FieldSection = [:], body: [UInt8]? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let (_, received) = try await fetch(url, method, fields: fields, body: body)
        #expect(received == expected, sourceLocation: sourceLocation)
    }

    /// The error that a fetch ends with, wherever it comes up; nil where it succeeds.
    func failure(
        _ url: String, _ method: HTTPMethod = .get, fields: FieldSection = [:], body: [UInt8]? = nil
    ) async -> TransportError? {
        do {
            _ = try await fetch(url, method, fields: fields, body: body)
            return nil
        } catch {
            return error as? TransportError
        }
    }
}

extension TransportBody {
    func readAll() async throws(TransportError) -> [UInt8] {
        var bytes: [UInt8] = []
        while let chunks = try await next() {
            for chunk in chunks { bytes += chunk }
        }
        return bytes
    }
}

/// The error that `body` throws; nil: none, or another kind.
func failure(_ body: () async throws -> Void) async -> TransportError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? TransportError
    }
}

/// Content in pieces, with a count of what was asked for.
final class Pieces: Sendable {
    private let pieces: Mutex<(left: ArraySlice<[UInt8]>, asked: Int, isCancelled: Bool)>

    init(_ pieces: [String]) {
        self.pieces = Mutex((pieces.map { Array($0.utf8) }[...], 0, false))
    }

    /// How often a piece was asked for.
    var asked: Int { pieces.withLock(\.asked) }
    /// Whether the task that waited for a piece beyond the last was cancelled.
    var isCancelled: Bool { pieces.withLock(\.isCancelled) }

    /// - Parameter ends: whether the content ends after the last piece; otherwise it hangs there until cancelled.
    func content(length: Int64?, ends: Bool = true) -> RequestContent {
        .stream(
            RequestStream(length: length) { [self] in
                let piece = pieces.withLock { state in
                    state.asked += 1
                    return state.left.popFirst()
                }
                if piece != nil || ends { return piece }
                do {
                    try await Task.sleep(for: .seconds(600))
                } catch {
                    pieces.withLock { $0.isCancelled = true }
                    throw error
                }
                return nil
            })
    }
}

/// Expects a condition whose evaluation changes a value, which `#expect` can't take apart.
func check(_ condition: Bool, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(condition, comment, sourceLocation: sourceLocation)
}
