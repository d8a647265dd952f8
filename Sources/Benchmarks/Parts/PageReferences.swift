extension Page {
    /// What its `href` and `src` attributes hold, each once, without fragments, as link extraction hands it on to be resolved.
    var references: [[UInt8]] {
        var found: [[UInt8]] = []
        var known: Set<[UInt8]> = []
        content.withUnsafeBufferPointer { content in
            var rest = content[...]
            while let mark = rest.firstIndex(of: UInt8(ascii: "=")) {
                rest = rest[(mark + 1)...]
                let isReference = content[..<mark].ends(with: " href") || content[..<mark].ends(with: " src")
                guard isReference, rest.first == UInt8(ascii: "\"") else { continue }
                let value = rest.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
                let reference = Array(value.prefix { $0 != UInt8(ascii: "#") })
                if Self.isWebReference(reference), known.insert(reference).inserted { found.append(reference) }
            }
        }
        return found
    }

    /// Whether it is plain text that leads somewhere, and not to another scheme than http and https.
    private static func isWebReference(_ reference: [UInt8]) -> Bool {
        guard !reference.isEmpty, !reference.contains(UInt8(ascii: "&")) else { return false }
        return !reference.contains(UInt8(ascii: ":")) || reference.starts(with: "http".utf8)
    }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
