package import HTTPSemantics

/// All rules of a robots.txt that concern one crawler, prepared so that a verdict takes little time, however many they are.
///
/// A pattern begins with octets that are matched as they are, up to its first "*". These prefixes are kept sorted, each knowing
/// the longest other one that it begins with: one binary search finds all of them with which a path begins. A rule without "*"
/// is decided by that. What follows a "*" is searched for in time linear in the path, and only where all pairs of octets in it
/// occur in the path.
package struct RobotsGroup: Sendable {
    /// The product token in small letters, or "*"; nil where the file has no group for the crawler.
    package let token: String?
    /// The longest `Crawl-delay` of the group; nil where it has none.
    package let delayMilliseconds: Int64?
    let patterns: RobotsPatterns
    private let texts: [String]

    /// No group: everything is allowed.
    package static let none = RobotsGroup(token: nil, delayMilliseconds: nil, patterns: RobotsPatterns(), texts: [])

    private init(token: String?, delayMilliseconds: Int64?, patterns: RobotsPatterns, texts: [String]) {
        self.token = token
        self.delayMilliseconds = delayMilliseconds
        self.patterns = patterns
        self.texts = texts
    }

    /// Gathers the rules of all groups in `file` that are for `agent`, else of those for "*" (RFC 9309 section 2.2.1).
    ///
    /// Linear in the rules but for their sorting. Much cheaper to ask many times than to make.
    package init(of file: RobotsTxt, for agent: RobotsAgent = .larder) {
        let tokens = Set(file.agents.map(\.token))
        guard let token = agent.tokens.first(where: tokens.contains) ?? (tokens.contains("*") ? "*" : nil) else {
            self = .none
            return
        }
        var isMember = [Bool](repeating: false, count: file.groupCount)
        var delay: Int64?
        for line in file.agents where line.token == token {
            isMember[line.group] = true
            if let own = line.delayMilliseconds { delay = max(delay ?? 0, own) }
        }
        var builder = RobotsPatternBuilder()
        file.text.withUnsafeBufferPointer { text in
            for rule in file.rules where isMember[Int(rule.group)] {
                builder.add(
                    UnsafeBufferPointer(rebasing: text[rule.pattern]), isAllow: rule.isAllow, line: rule.line, whole: rule.whole)
            }
        }
        let (patterns, lines) = builder.finish()
        self.init(
            token: token, delayMilliseconds: delay, patterns: patterns,
            texts: lines.map { Self.text(of: file.text[$0]) })
    }

    private static func text(of line: ArraySlice<UInt8>) -> String {
        let trimmed = line.drop(while: RobotsLine.isWhitespace)
        let end = trimmed.lastIndex { !RobotsLine.isWhitespace($0) } ?? trimmed.startIndex - 1
        return String(decoding: trimmed[...end].prefix(RobotsRule.maximumTextBytes), as: UTF8.self)
    }

    /// Bytes of memory that the rules take, about.
    package var memoryBytes: Int {
        patterns.memoryBytes + texts.reduce(0) { $0 + 16 + ($1.utf8.count > 15 ? $1.utf8.count + 32 : 0) }
    }

    // MARK: - Verdicts

    /// Whether a path with its query, as a request target has it, may be fetched (RFC 9309 section 2.2.2).
    ///
    /// - Parameter pathAndQuery: begins with "/"; what does not is matched by no rule that does.
    package func verdict(for pathAndQuery: String) -> RobotsVerdict {
        var target = pathAndQuery
        return target.withUTF8(verdict)
    }

    /// The same for an http or https URL; its host is not looked at.
    package func verdict(for url: WebURL) -> RobotsVerdict {
        guard url.isHTTP else { return verdict(for: url.requestTarget) }
        // After "https://" nothing before the path holds a slash.
        var text = url.serialized
        return text.withUTF8 { bytes in
            var start = min(url.scheme.utf8.count + 3, bytes.count)
            while start < bytes.count, bytes[start] != UInt8(ascii: "/") { start += 1 }
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "#") { end += 1 }
            return verdict(UnsafeBufferPointer(rebasing: bytes[start..<end]))
        }
    }

    private func verdict(_ target: UnsafeBufferPointer<UInt8>) -> RobotsVerdict {
        if Self.isRobotsFile(target) { return RobotsVerdict(isAllowed: true, basis: .robotsFile) }
        guard let token else { return RobotsVerdict(isAllowed: true, basis: .noGroup) }
        guard let found = match(target) else { return RobotsVerdict(isAllowed: true, basis: .noRule(group: token)) }
        let rule = patterns.rules[found]
        return RobotsVerdict(
            isAllowed: rule.isAllow,
            basis: .rule(RobotsRule(isAllow: rule.isAllow, line: Int(rule.line), text: texts[found], group: token)))
    }

    private func match(_ target: UnsafeBufferPointer<UInt8>) -> Int? {
        if patterns.rules.isEmpty { return nil }
        if RobotsOctets.areNormal(target) { return patterns.bestMatch(target) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 3 * target.count) { memory in
            let count = RobotsOctets.normalize(target, to: memory)
            return patterns.bestMatch(UnsafeBufferPointer(rebasing: memory[..<count]))
        }
    }

    /// Whether the target is "/robots.txt", which is implicitly allowed (RFC 9309 section 2.2.2), with or without a query.
    private static func isRobotsFile(_ target: UnsafeBufferPointer<UInt8>) -> Bool {
        let name: StaticString = "/robots.txt"
        let length = name.utf8CodeUnitCount
        guard target.count >= length, target.count == length || target[length] == UInt8(ascii: "?") else { return false }
        for index in 0..<length where target[index] != name.utf8Start[index] { return false }
        return true
    }
}
