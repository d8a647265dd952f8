import Foundation
import Glibc
import TestSupport

/// A running `larder serve`.
struct Serving: Sendable {
    let program: Program
    /// The ports of its TCP listeners, in the order of the options.
    let ports: [UInt16]

    /// Starts it and waits until it says that it serves at each address.
    ///
    /// - Parameters:
    ///   - listeners: how many there are.
    ///   - options: with `--listen` among them where 127.0.0.1 and a port of the system's choice will not do.
    init(_ larder: Larder, _ options: [String] = [], listeners: Int = 1) async throws {
        let listen = options.contains("--listen") ? [] : ["--listen", "127.0.0.1:0"]
        program = try larder.start(["serve"] + listen + options)
        try await program.waitForOutput { $0.components(separatedBy: "serving ").count > listeners && $0.hasSuffix("\n") }
        ports = program.errorsSoFar.split(separator: "\n").compactMap { line in
            guard let address = line.components(separatedBy: "serving http://").dropFirst().first else { return nil }
            return address.split(separator: " ").first?.split(separator: ":").last.flatMap { UInt16($0) }
        }
    }

    /// Asks until the answer is a hit: what has just gone out may be stored a moment later. False after 30 s.
    func hits(_ target: String) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            if try await get(target).isHit { return true }
        }
        return false
    }

    var port: UInt16 { ports.first ?? 0 }

    /// Ends it with a signal.
    func stop(_ signal: Int32 = SIGTERM) async -> Program.Result {
        program.signal(signal)
        return await program.wait()
    }

    /// Everything that the server answers to a request with that target until it closes.
    func get(_ target: String, _ fields: String..., method: String = "GET", port: UInt16? = nil) async throws -> RawAnswer {
        let port = port ?? self.port
        let lines = ["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close"] + fields
        return try await RawAnswer(LoopbackSocket.exchange(port, lines.joined(separator: "\r\n") + "\r\n\r\n"))
    }
}

/// An answer as text.
struct RawAnswer: Sendable {
    let status: Int
    let head: String
    let body: String

    init(_ text: String) {
        let parts = text.components(separatedBy: "\r\n\r\n")
        head = parts.first ?? ""
        body = parts.dropFirst().joined(separator: "\r\n\r\n")
        status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    /// The value of a field; nil where there is none.
    subscript(_ name: String) -> String? {
        for line in head.components(separatedBy: "\r\n") where line.lowercased().hasPrefix(name.lowercased() + ":") {
            return line.dropFirst(name.utf8.count + 1).trimmingCharacters(in: .whitespaces)
        }
        return nil
    }

    /// Whether Cache-Status calls it a hit.
    var isHit: Bool { self["Cache-Status"]?.contains("; hit") == true }
}

extension LoopbackSocket {
    /// Sends text to a port of this machine and gives what comes until the other side closes, or for 30 s nothing comes.
    static func exchange(_ port: UInt16, _ text: String) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try exchangeNow(port, text) })
            }
        }
    }

    private static func exchangeNow(_ port: UInt16, _ text: String) throws -> String {
        let descriptor = socket()
        defer { Glibc.close(descriptor) }
        var time = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        guard connects(descriptor, port) else { throw Program.Failure.system("connect", errno) }
        let bytes = Array(text.utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Program.Failure.system("send", errno)
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 { received += buffer[..<count] }
        return String(decoding: received, as: UTF8.self)
    }
}
