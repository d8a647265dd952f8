import HTTPSemantics
import NIOCore
import NIOHTTP1

extension FieldSection {
    /// The parser's fields in the terms of HTTPSemantics; values that are not UTF-8 are read anew from the bytes of the head
    /// (RFC 9110 section 5.5).
    init(_ headers: HTTPHeaders, raw: ByteBuffer?) {
        var lines: [FieldLine] = []
        lines.reserveCapacity(headers.count + 1)
        var isReplaced = false
        for (name, value) in headers {
            if value.utf8.contains(0xEF), value.unicodeScalars.contains("\u{FFFD}") { isReplaced = true }
            lines.append(FieldLine(name, Self.withoutTrailingWhitespace(value)))
        }
        if isReplaced, let raw {
            let values = Self.values(raw)
            if values.count == lines.count {
                for index in lines.indices { lines[index].value = values[index] }
            }
        }
        self.init(lines)
    }

    /// RFC 9112 section 5.1: white space around a field value is no part of it. The parser has taken the leading part.
    private static func withoutTrailingWhitespace(_ value: String) -> String {
        guard let last = value.utf8.last, Grammar.isWhitespaceByte(last) else { return value }
        return String(Grammar.trimmed(value[...]))
    }

    /// The values of all field lines in order. The guard has seen to it that every line ends with CR LF and has a colon.
    private static func values(_ head: ByteBuffer) -> [String] {
        var values: [String] = []
        // The head may have empty lines before its request line (RFC 9112 section 2.2).
        let lines = head.readableBytesView.dropFirst(head.withUnsafeReadableBytes(RequestGuard.skippedBytes))
        for line in lines.split(separator: UInt8(ascii: "\n")).dropFirst() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let value = line[(colon + 1)...].dropLast()
            let text = FieldText.text(value)
            values.append(String(Grammar.trimmed(text[...])))
        }
        return values
    }
}
