/// What an If-None-Match or If-Match field lists (RFC 9110 sections 13.1.1 and 13.1.2).
package enum EntityTagList: Hashable, Sendable {
    /// `*`: any representation at all.
    case any
    /// The entity tags, and apart from them the members that are none, as they came: servers that send a tag without quotes get
    /// it back so.
    case tags([EntityTag], unquoted: [String])

    /// Reads all lines of the field of that name, each for itself, so that a quote left open in one hides nothing in the next.
    /// Nil where there is no such field. `*` counts only where it stands alone.
    package init?(_ name: String, in fields: FieldSection) {
        var tags: [EntityTag] = []
        var unquoted: [String] = []
        var isPresent = false
        for line in fields.lines where line.isNamed(name) {
            isPresent = true
            for member in Self.members(line.value) {
                if let tag = EntityTag(String(member)) { tags.append(tag) } else { unquoted.append(String(member)) }
            }
        }
        guard isPresent else { return nil }
        self = tags.isEmpty && unquoted == ["*"] ? .any : .tags(tags, unquoted: unquoted.filter { $0 != "*" })
    }

    /// Whether one of them matches the ETag field of a response, compared weakly (section 8.8.3.2). `*` matches every response,
    /// also one without a tag.
    package func weaklyMatches(_ entityTag: String?) -> Bool {
        guard case .tags(let tags, let unquoted) = self else { return true }
        guard let entityTag else { return false }
        if let tag = EntityTag(entityTag) { return tags.contains { $0.weaklyMatches(tag) } }
        return unquoted.contains(entityTag)
    }

    /// The members of a line. Unlike in a quoted string, a backslash between the quotes of a tag escapes nothing.
    private static func members(_ line: String) -> [Substring] {
        var members: [Substring] = []
        let bytes = line.utf8
        var start = bytes.startIndex
        var isQuoted = false
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard bytes[index] == UInt8(ascii: ","), !isQuoted else { continue }
            members.append(Grammar.trimmed(line[start..<index]))
            start = bytes.index(after: index)
        }
        members.append(Grammar.trimmed(line[start...]))
        return members.filter { !$0.isEmpty }
    }
}
