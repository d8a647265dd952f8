import HTTPSemantics

/// The bytes of a response head, for what the parser does not hand out: the reason phrase, and field values that are not UTF-8.
struct RawHead {
    /// From the status line on; what follows the head may follow here.
    let bytes: UnsafeRawBufferPointer

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// The reason phrase (RFC 9112 section 4); empty where there is none, or where it has control characters.
    var reason: String {
        // Empty lines before the status line are tolerated.
        var start = 0
        while start < bytes.count, bytes[start] == Self.carriageReturn || bytes[start] == Self.lineFeed { start += 1 }
        // "HTTP/1.1 200" and a space.
        start += 13
        var end = start
        while end < bytes.count, bytes[end] >= 0x20 || bytes[end] == 0x09 {
            guard bytes[end] != 0x7F else { return "" }
            end += 1
        }
        guard start < end, end < bytes.count, bytes[end] == Self.carriageReturn || bytes[end] == Self.lineFeed else { return "" }
        return Self.text(bytes[start..<end])
    }

    /// The values of all field lines, in order, as `text` reads them.
    var values: [String] {
        var values: [String] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            var value = line[(colon + 1)...]
            while let first = value.first, first == 0x20 || first == 0x09 { value.removeFirst() }
            while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
            values.append(Self.text(value))
        }
        return values
    }

    /// How many bytes the head has, its empty line included.
    var count: Int {
        lines.last.map { line in
            // Behind the last line stands its line end, then the empty line.
            var end = line.endIndex
            var lineEnds = 0
            while end < bytes.count, lineEnds < 2 {
                if bytes[end] == Self.lineFeed { lineEnds += 1 }
                end += 1
            }
            return end
        } ?? bytes.count
    }

    /// The lines up to the empty one, the status line first, without their line ends.
    private var lines: [Slice<UnsafeRawBufferPointer>] {
        var lines: [Slice<UnsafeRawBufferPointer>] = []
        var start = 0
        while start < bytes.count, let end = bytes[start...].firstIndex(of: Self.lineFeed) {
            let last = end > start && bytes[end - 1] == Self.carriageReturn ? end - 1 : end
            if last > start { lines.append(bytes[start..<last]) } else if !lines.isEmpty { break }
            start = end + 1
        }
        return lines
    }

    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        let bytes = UnsafeRawBufferPointer(rebasing: bytes)
        // Nearly every text is ASCII, and then there is nothing to tell apart.
        return bytes.allSatisfy { $0 < 0x80 } ? String(decoding: bytes, as: UTF8.self) : FieldText.text(bytes)
    }
}
