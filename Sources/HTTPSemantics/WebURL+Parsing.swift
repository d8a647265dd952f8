extension WebURL {
    /// Resolves a reference that lies somewhere as UTF-8, without making a text of it first: links of pages come by the million.
    ///
    /// The same as `init(_:base:)` for valid UTF-8; bytes that are not are percent-encoded as they are.
    package init?(utf8 reference: UnsafeBufferPointer<UInt8>, base: WebURL) {
        guard let parsed = WebURL.resolved(untrimmed: reference, base: base) else { return nil }
        self = parsed
    }

    /// Parses `text` against `base`, where there is one: trims it, lends the parser its memory and keeps what it wrote.
    init?(parsing text: String, base: WebURL?) {
        var text = text
        guard let parsed = text.withUTF8({ WebURL.resolved(untrimmed: $0, base: base) }) else { return nil }
        self = parsed
    }

    private static func resolved(untrimmed bytes: UnsafeBufferPointer<UInt8>, base: WebURL?) -> WebURL? {
        guard bytes.count <= WebURL.maximumLength else { return nil }
        let trimmed = trimmingControlsAndSpaces(bytes)
        guard trimmed.contains(where: isTabOrLineEnd) else { return WebURL.resolved(trimmed, base: base) }
        return trimmed.filter { !isTabOrLineEnd($0) }.withUnsafeBufferPointer { WebURL.resolved($0, base: base) }
    }

    private static func resolved(_ input: UnsafeBufferPointer<UInt8>, base: WebURL?) -> WebURL? {
        guard let base else { return parsed(input, base: nil) }
        var text = base.serialized
        return text.withUTF8 { parsed(input, base: WebURLParser.Base(bytes: $0, layout: base.layout)) }
    }

    private static func parsed(_ input: UnsafeBufferPointer<UInt8>, base: WebURLParser.Base?) -> WebURL? {
        // Percent-encoding makes three bytes of one, Punycode at most six; the rest is for slashes, "/." and short addresses.
        let capacity = min((base?.bytes.count ?? 0) + 6 * input.count + 64, maximumLength)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { memory in
            var parser = WebURLParser(input: input, base: base, output: WebURLWriter(memory))
            guard parser.parse() else { return nil }
            return WebURL(serialized: String(decoding: parser.output.bytes, as: UTF8.self), layout: parser.layout)
        }
    }
}

/// `bytes` without C0 controls and spaces at either end.
private func trimmingControlsAndSpaces(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var start = 0
    var end = bytes.count
    while start < end, bytes[start] <= 0x20 { start += 1 }
    while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
    return UnsafeBufferPointer(rebasing: bytes[start..<end])
}

private func isTabOrLineEnd(_ byte: UInt8) -> Bool {
    byte == 0x09 || byte == 0x0A || byte == 0x0D
}
