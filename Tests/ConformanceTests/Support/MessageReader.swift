import Glibc
import HTTPSemantics

/// Reads HTTP/1.1 messages from a socket, for one thread. What breaks off or has no form is an error.
final class MessageReader {
    enum Failure: Error {
        /// The connection ended inside a message.
        case brokenOff
        case malformed(String)
    }

    struct Head {
        var line: String
        var fields: FieldSection
    }

    private let socket: Socket
    private var buffer: [UInt8] = []

    init(_ socket: Socket) {
        self.socket = socket
    }

    /// - Returns: nil where the connection ended before the first byte.
    func head() throws -> Head? {
        guard let line = try line(mayEnd: true) else { return nil }
        return Head(line: line, fields: try fields())
    }

    func fields() throws -> FieldSection {
        var fields = FieldSection()
        while let line = try line(), !line.isEmpty {
            guard let colon = line.unicodeScalars.firstIndex(of: ":") else { throw Failure.malformed(line) }
            let value = line.unicodeScalars[colon...].dropFirst()
            let isSpace = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\t" }
            let trimmed = String(value.drop(while: isSpace).reversed().drop(while: isSpace).reversed().map(Character.init))
            fields.append(String(line.unicodeScalars[..<colon]), trimmed)
        }
        return fields
    }

    /// Appends content as the fields frame it; what came before a failure has been appended.
    ///
    /// - Parameter untilClose: whether content without a length lasts until the end.
    /// - Returns: the trailer section.
    func content(_ fields: FieldSection, untilClose: Bool, into body: inout [UInt8]) throws -> FieldSection {
        if let coding = fields.combined("Transfer-Encoding") {
            guard coding.lowercased().hasSuffix("chunked") else { throw Failure.malformed("Transfer-Encoding: \(coding)") }
            while true {
                guard let line = try line(), let size = Int(line.prefix { $0 != ";" && $0 != " " }, radix: 16) else {
                    throw Failure.malformed("chunk size")
                }
                if size == 0 { return try self.fields() }
                try take(size, into: &body)
                guard try endsChunk() else { throw Failure.malformed("end of chunk") }
            }
        }
        if let length = fields.first("Content-Length") {
            guard let length = Int(length) else { throw Failure.malformed("Content-Length: \(length)") }
            try take(length, into: &body)
        } else if untilClose {
            repeat { body += buffer; buffer = [] } while try fill()
        }
        return [:]
    }

    /// Waits until something of what comes next is here.
    func waitForMore() throws {
        if buffer.isEmpty, try !fill() { throw Failure.brokenOff }
    }

    /// Whether the connection ends here, in whatever way, without another byte.
    func isAtEnd() throws -> Bool {
        guard buffer.isEmpty else { return false }
        do {
            return try !fill()
        } catch let failure as Socket.Failure where failure.code == ECONNRESET {
            return true
        }
    }

    private func endsChunk() throws -> Bool {
        try line()?.isEmpty == true
    }

    private func take(_ count: Int, into body: inout [UInt8]) throws {
        var missing = count
        while missing > 0 {
            if buffer.isEmpty, try !fill() { throw Failure.brokenOff }
            let part = min(missing, buffer.count)
            body += buffer[..<part]
            buffer.removeFirst(part)
            missing -= part
        }
    }

    private func line(mayEnd: Bool = false) throws -> String? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[..<end].last == UInt8(ascii: "\r") ? buffer[..<(end - 1)] : buffer[..<end]
                defer { buffer.removeFirst(end + 1) }
                return Latin1.text(line)
            }
            if try !fill() {
                if mayEnd, buffer.isEmpty { return nil }
                throw Failure.brokenOff
            }
        }
    }

    private func fill() throws -> Bool {
        let bytes = try socket.read()
        buffer += bytes
        return !bytes.isEmpty
    }
}
