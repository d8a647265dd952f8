/// The proxies that a message came by (`Via`, RFC 9110 section 7.6.3).
package enum Via {
    /// Adds `1.1 pseudonym` behind all other members.
    ///
    /// - Parameters:
    ///   - version: the version of the message as it was received.
    ///   - pseudonym: the name, or `host:port`, by which this proxy is known; one word.
    package static func append(_ pseudonym: String, version: HTTPVersion = .http1_1, to fields: inout FieldSection) {
        // Nearly all are: no text has to be made of the numbers.
        let protocolVersion = version == .http1_1 ? "1.1" : "\(version.major).\(version.minor)"
        fields.append(.via, protocolVersion + " " + pseudonym)
    }

    /// Whether a proxy of that pseudonym is among the members: then a request that is about to be forwarded by it goes round in
    /// a loop. Case counts for nothing; what stands in comments is no member.
    package static func contains(_ pseudonym: String, in fields: FieldSection) -> Bool {
        let pseudonym = Grammar.lowercased(pseudonym)
        return fields.lines.contains { $0.isNamed(.via) && names($0.value).contains(pseudonym) }
    }

    /// The `received-by` of every member in small letters.
    ///
    /// A comment that is never closed would hide what later proxies added to the same line; such parentheses count as spaces.
    private static func names(_ value: String) -> Set<String> {
        names(value, skippingComments: true) ?? names(value, skippingComments: false) ?? []
    }

    /// Nil where a comment is never closed.
    private static func names(_ value: String, skippingComments: Bool) -> Set<String>? {
        var names: Set<String> = []
        var member = Member()
        var depth = 0
        var isEscaped = false
        for byte in value.utf8 {
            if isEscaped {
                isEscaped = false
            } else if skippingComments, byte == UInt8(ascii: "(") {
                depth += 1
                member.endWord()
            } else if depth > 0 {
                if byte == UInt8(ascii: "\\") { isEscaped = true }
                if byte == UInt8(ascii: ")") { depth -= 1 }
            } else if byte == UInt8(ascii: ",") {
                if let name = member.name { names.insert(name) }
                member = Member()
            } else if Grammar.isWhitespaceByte(byte) || byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")") {
                member.endWord()
            } else {
                member.append(byte)
            }
        }
        if let name = member.name { names.insert(name) }
        return depth == 0 ? names : nil
    }

    /// The words of one member: first the protocol, then `received-by`.
    private struct Member {
        private var words = 0
        private var isInWord = false
        private var second: [UInt8] = []

        mutating func append(_ byte: UInt8) {
            if !isInWord {
                isInWord = true
                words += 1
            }
            if words == 2 { second.append(Grammar.lowercased(byte)) }
        }

        mutating func endWord() {
            isInWord = false
        }

        var name: String? { second.isEmpty ? nil : String(decoding: second, as: UTF8.self) }
    }
}
