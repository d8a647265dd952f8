internal import HTTPSemantics

extension PublicSuffixList {
    /// Reads the text of the list (publicsuffix.org/list: one rule a line, up to the first white space; `//` begins a comment).
    ///
    /// Rules with a wildcard elsewhere than in front, with an empty label, or with a name that `WebURL` does not take are left out.
    /// Linear; about 2 ms for a list of 9,500 rules.
    ///
    /// - Parameters:
    ///   - bytes: the file, UTF-8; not more than its first 16 MiB are read.
    ///   - includesPrivateSection: whether the suffixes that companies give away below their own domains count ("github.io"). With
    ///     them, customers of one company are strangers to each other.
    /// - Returns: nil where there is no rule in it, as in a file that is something else.
    package init?(parsing bytes: UnsafeRawBufferPointer, includesPrivateSection: Bool = true) {
        self.init()
        let bytes = UnsafeBufferPointer(rebasing: bytes.bindMemory(to: UInt8.self).prefix(1 << 24))
        var isPrivate = false
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            let line = bytes.part(start, end)
            if URLText.hasPrefix(line, "//") {
                if URLText.hasPrefix(line, "// ===begin private domains") { isPrivate = true }
                if URLText.hasPrefix(line, "// ===end private domains") { isPrivate = false }
            } else if includesPrivateSection || !isPrivate {
                add(line)
            }
            start = end + 1
        }
        if ruleCount == 0 { return nil }
    }

    private mutating func add(_ line: UnsafeBufferPointer<UInt8>) {
        var rule = line.part(0, line.firstIndex { $0 <= 0x20 } ?? line.count)
        var kind = Kind.suffix
        if rule.first == UInt8(ascii: "!") {
            kind = .exception
            rule = rule.part(1, rule.count)
        } else if URLText.hasPrefix(rule, "*.") {
            kind = .wildcard
            rule = rule.part(2, rule.count)
        }
        guard !rule.isEmpty, rule.count <= 253 else { return }
        if rule.allSatisfy({ $0 < 0x80 }) {
            insertChecked(rule, kind: kind)
        } else if let url = WebURL("http://" + String(decoding: rule, as: UTF8.self) + "/") {
            // The parser of hosts puts international names into ASCII.
            var host = url.host
            host.withUTF8 { insertChecked($0, kind: kind) }
        }
    }

    private mutating func insertChecked(_ name: UnsafeBufferPointer<UInt8>, kind: Kind) {
        guard !name.isEmpty, name.count <= 253, name.first != UInt8(ascii: "."), name.last != UInt8(ascii: ".") else { return }
        var previous: UInt8 = 0
        var hasUpperCase = false
        for byte in name {
            let isDot = byte == UInt8(ascii: ".")
            let isPlain = URLText.isDigit(byte) || URLText.isLetter(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            guard isPlain || isDot && previous != UInt8(ascii: ".") else { return }
            if URLText.lowerCase(byte) != byte { hasUpperCase = true }
            previous = byte
        }
        guard hasUpperCase else { return insert(name, kind: kind) }
        name.map(URLText.lowerCase).withUnsafeBufferPointer { insert($0, kind: kind) }
    }
}
