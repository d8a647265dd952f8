import HTTPSemantics
import NIOHTTP1

extension ResponseHead {
    /// The parser's head in the terms of HTTPSemantics, with the reason phrase as sent and values that are not UTF-8 read anew.
    init(_ head: HTTPResponseHead, _ raw: RawHead) throws(ConnectionMachine.Fault) {
        self.init(
            version: HTTPSemantics.HTTPVersion(major: head.version.major, minor: head.version.minor),
            status: Int(head.status.code), reason: raw.reason, fields: try FieldSection(head.headers, raw))
    }

    /// The size in bytes of this head, written with one space and no padding.
    var serializedBytes: Int {
        // "HTTP/1.1 200 ", the reason, and two line ends.
        fields.lines.reduce(13 + reason.utf8.count + 4) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    }
}

extension FieldSection {
    /// - Parameter raw: the head that the fields stand in; nil: a trailer section, whose bytes are not kept.
    init(_ headers: HTTPHeaders, _ raw: RawHead?) throws(ConnectionMachine.Fault) {
        var lines: [FieldLine] = []
        lines.reserveCapacity(headers.count)
        var isReplaced = false
        for (name, value) in headers {
            let scan = FieldValueScan(value)
            guard !scan.hasControl else { throw .protocolViolation("a control character in a field value") }
            // U+FFFD: most likely the parser met bytes that are not UTF-8.
            if scan.hasRareLead, value.unicodeScalars.contains("\u{FFFD}") { isReplaced = true }
            lines.append(FieldLine(name, scan.endsWithWhitespace ? value.withoutTrailingWhitespace : value))
        }
        if isReplaced, let values = raw?.values, values.count == lines.count {
            for index in lines.indices { lines[index].value = values[index] }
        }
        self.init(lines)
    }

    /// A trailer section, without the fields that it must not have since they frame the message or belong to the connection
    /// (RFC 9110 section 6.5.1).
    init(trailers headers: HTTPHeaders) throws(ConnectionMachine.Fault) {
        self = ForwardingFields.withoutHopByHop(try FieldSection(headers, nil))
        for name in ["content-length", "host"] { remove(name) }
    }
}

extension String {
    /// RFC 9112 section 5.1: white space around a field value is no part of it. The parser has taken the leading part.
    fileprivate var withoutTrailingWhitespace: String {
        let end = utf8.lastIndex { $0 != 0x20 && $0 != 0x09 }
        return end.map { String(self[...$0]) } ?? ""
    }
}
