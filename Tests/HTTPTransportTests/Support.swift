import HTTPSemantics
import HTTPTransport
import NIOCore
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

/// Expects a condition whose evaluation changes a value, which `#expect` can't take apart.
func check(_ condition: Bool, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(condition, comment, sourceLocation: sourceLocation)
}
