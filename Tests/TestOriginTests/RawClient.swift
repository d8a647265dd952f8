import Glibc
import TestOrigin
import Testing

/// A client that sees bytes as they come, and how a connection ends. It blocks, for at most ten seconds a read; the origin has
/// threads of its own.
final class RawClient {
    enum End: Equatable {
        /// An orderly end (FIN).
        case closed
        /// RST.
        case reset
        /// Nothing came for the time allowed.
        case silent
    }

    private let socket: Int32
    private(set) var received: [UInt8] = []
    private(set) var end: End?

    init(_ origin: TestOrigin) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(origin.port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        try #require(connected == 0)
        setReadTimeout(milliseconds: 10_000)
    }

    deinit {
        close(socket)
    }

    func setReadTimeout(milliseconds: Int) {
        var time = timeval(tv_sec: .init(milliseconds / 1000), tv_usec: .init(milliseconds % 1000 * 1000))
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Sends a GET, or another method, with keep-alive.
    func request(_ target: String, method: String = "GET", fields: String = "") {
        send("\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n")
    }

    /// One read; nil at the end, which `end` then tells.
    func readSome(_ limit: Int = 1 << 16) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(socket, &buffer, limit, 0)
        if count > 0 { return Array(buffer.prefix(count)) }
        end = count == 0 ? .closed : errno == ECONNRESET ? .reset : .silent
        return nil
    }

    /// Reads until the connection ends or nothing comes.
    @discardableResult
    func readToEnd() -> End? {
        while let bytes = readSome() { received += bytes }
        return end
    }

    /// Reads until what was received ends with `suffix`.
    func read(until suffix: String) {
        let suffix = Array(suffix.utf8)
        while !received.suffix(suffix.count).elementsEqual(suffix), let bytes = readSome() { received += bytes }
    }

    var text: String { String(decoding: received, as: UTF8.self) }
}

/// One request on a connection of its own that the origin closes after it; head and body.
func fetch(
    _ origin: TestOrigin, _ target: String, method: String = "GET", fields: String = "", body: String = ""
) throws -> (head: String, body: [UInt8]) {
    let client = try RawClient(origin)
    let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
    client.request(target, method: method, fields: "Connection: close\r\n\(fields)\(length)")
    client.send(body)
    #expect(client.readToEnd() == .closed)
    let marker = Array("\r\n\r\n".utf8)
    let start = try #require(client.received.indices.first { client.received[$0...].starts(with: marker) })
    return (String(decoding: client.received[..<start], as: UTF8.self), Array(client.received[(start + 4)...]))
}

/// The value of a field in a head.
func field(_ name: String, _ head: String) -> String? {
    for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix(name.lowercased() + ":") {
        return String(line.dropFirst(name.count + 1)).trimmingSpaces
    }
    return nil
}

extension String {
    fileprivate var trimmingSpaces: String { String(drop { $0 == " " }) }
}

/// Runs a test against an origin and stops it.
func withOrigin<Result>(
    _ configuration: TestOrigin.Configuration = .init(), _ body: (TestOrigin) async throws -> Result
) async throws -> Result {
    let origin = try await TestOrigin.start(configuration)
    do {
        let result = try await body(origin)
        await origin.stop()
        return result
    } catch {
        await origin.stop()
        throw error
    }
}
