import CacheStore
import CachingClient
import HTTPCaching
import HTTPSemantics
import NIOCore
import Synchronization

/// The head of a plain hit as bytes, but for what changes from request to request: Age, Cache-Status, and what the connection
/// needs. It is kept beside the content that it belongs to, and goes when the stored response changes.
final class PreparedHead: Sendable {
    private let bytes: [UInt8]

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// That of a hit, made once.
    static func of(_ hit: MemoryHit) -> PreparedHead {
        hit.content.derived.withLock { derived in
            if let known = derived as? PreparedHead { return known }
            let made = PreparedHead(hit)
            derived = made
            return made
        }
    }

    private init(_ hit: MemoryHit) {
        var head = AnswerHead.fromStore(hit.head, age: 0)
        head.fields.remove("Age")
        head.fields.set("Content-Length", String(hit.content.bytes.count))
        var buffer = ByteBuffer()
        AnswerSerializer.writeStart(head, to: &buffer)
        for line in head.fields.lines where AnswerSerializer.isSafe(line) { AnswerSerializer.write(line, to: &buffer) }
        bytes = Array(buffer.readableBytesView)
    }

    /// About how many bytes `write` adds besides the content.
    var size: Int { bytes.count + 192 }

    func write(_ hit: MemoryHit, via: [UInt8], closes: Bool, to buffer: inout ByteBuffer) {
        buffer.writeBytes(bytes)
        buffer.writeStaticString("Age: ")
        buffer.writeString(String(hit.age))
        buffer.writeStaticString("\r\nCache-Status: ")
        buffer.writeString(CacheStatus.name)
        buffer.writeStaticString("; hit; ttl=")
        buffer.writeString(String(hit.timeToLive))
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(via)
        AnswerSerializer.writeConnection(closes: closes, to: &buffer)
        buffer.writeStaticString("\r\n")
    }
}
