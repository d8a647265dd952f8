package import HTTPSemantics

/// A robots.txt file, read (RFC 9309 section 2.2).
///
/// Every sequence of bytes is a file: what is not understood is passed over line by line (section 2.3.1.5). Reading is linear in
/// the bytes, and so is the memory, at most some 30 bytes for each line beside the text. The text is UTF-8 (section 2.3); a file
/// in UTF-16 says nothing.
///
/// What Google's parser takes beyond the standard is taken where it restricts: misspelt names (see `RobotsLine`), and a product
/// token followed by a version. Its rule that a ban of "/index.html" also concerns "/" is not.
package struct RobotsTxt: Sendable {
    /// How much of a file is read, in bytes: 500 KiB, the least that section 2.5 allows.
    package static let maximumBytes = 512_000
    /// How many `Sitemap` lines are kept.
    package static let maximumSitemaps = 1_000
    /// The longest `Crawl-delay` that is told apart from a longer one, in milliseconds: a day.
    package static let maximumDelayMilliseconds: Int64 = 86_400_000

    /// The URLs of `Sitemap` lines, in order; they belong to no group.
    package private(set) var sitemaps: [WebURL] = []
    /// `Sitemap` lines that name no absolute http or https URL, or exceed `maximumSitemaps`.
    package private(set) var passedOverSitemaps = 0
    /// Whether the file is longer than what was read.
    package let isCut: Bool

    let text: [UInt8]
    /// The user-agent lines in order.
    private(set) var agents: [Agent] = []
    /// The rules in order, which is that of their groups too.
    private(set) var rules: [Rule] = []
    private(set) var groupCount = 0

    /// A user-agent line.
    struct Agent {
        /// The product token in small letters, "*", or "" for a line that names none.
        var token: String
        var group: Int
        /// The longest `Crawl-delay` that is meant for it; nil where there is none.
        var delayMilliseconds: Int64?
    }

    /// An `Allow` or `Disallow` line.
    struct Rule {
        var group: Int32
        /// From 1.
        var line: Int32
        var isAllow: Bool
        /// Where the line and its value lie in the text.
        var whole: Range<Int>
        var pattern: Range<Int>
    }

    /// Where the file lies that speaks for a URL: "/robots.txt" of the same scheme, host and port (section 2.3), without user
    /// name and password; nil where the URL is neither http nor https.
    package static func location(for url: WebURL) -> WebURL? {
        url.isHTTP ? WebURL("/robots.txt", base: url)?.withoutUserinfo() : nil
    }

    /// Reads a file.
    ///
    /// - Parameter limit: how many bytes are read, at most 64 MiB; a line that goes on beyond them counts as absent.
    package init(_ bytes: [UInt8], limit: Int = maximumBytes) {
        let end = Self.end(bytes, limit: min(max(limit, 0), 1 << 26))
        isCut = end < bytes.count
        text = isCut ? Array(bytes[..<end]) : bytes
        text.withUnsafeBufferPointer { read($0) }
    }

    /// Where reading ends: at the end of the bytes, or after the last line that ends within the limit.
    private static func end(_ bytes: [UInt8], limit: Int) -> Int {
        guard bytes.count > limit else { return bytes.count }
        var end = limit
        while end > 0, !isLineEnd(bytes[end - 1]) { end -= 1 }
        return end
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    // MARK: - Groups

    /// Which user-agent lines the next record belongs to.
    private struct Position {
        /// Whether a rule came since the last user-agent line: another such line begins a group.
        var hasRule = false
        /// The longest delay that came since.
        var delay: Int64?
        /// The first user-agent line that a delay concerns.
        var delayStart = 0
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        let end = bytes.count
        var position = Position()
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var number: Int32 = 1
        while start < end {
            var lineEnd = start
            while lineEnd < end, !Self.isLineEnd(bytes[lineEnd]) { lineEnd += 1 }
            if let line = RobotsLine(bytes, at: start..<lineEnd) {
                take(line, bytes, Rule(group: 0, line: number, isAllow: false, whole: start..<lineEnd, pattern: 0..<0), &position)
            }
            let isPair =
                lineEnd + 1 < end && bytes[lineEnd] == UInt8(ascii: "\r") && bytes[lineEnd + 1] == UInt8(ascii: "\n")
            start = lineEnd + (isPair ? 2 : 1)
            number += 1
        }
        settleDelay(&position)
    }

    private mutating func take(
        _ line: RobotsLine, _ bytes: UnsafeBufferPointer<UInt8>, _ place: Rule, _ position: inout Position
    ) {
        let value = UnsafeBufferPointer(rebasing: bytes[line.value])
        switch line.kind {
        case .userAgent:
            if position.hasRule || groupCount == 0 { groupCount += 1 }
            let isApart = position.hasRule || position.delay != nil
            settleDelay(&position)
            if isApart { position.delayStart = agents.count }
            position.hasRule = false
            agents.append(Agent(token: RobotsAgent.token(startingLine: value), group: groupCount - 1))
        case .allow, .disallow:
            // Rules before any user-agent line belong to nobody.
            guard groupCount > 0 else { return }
            position.hasRule = true
            var rule = place
            rule.group = Int32(truncatingIfNeeded: groupCount - 1)
            rule.isAllow = line.kind == .allow
            rule.pattern = line.value
            if !line.value.isEmpty { rules.append(rule) }
        case .crawlDelay:
            // Another record must not end a group (section 2.2.4), so a delay between user-agent lines leaves them one group; but
            // it is meant for those before it.
            guard groupCount > 0, let delay = Self.milliseconds(value) else { return }
            position.delay = max(position.delay ?? 0, delay)
        case .sitemap:
            if sitemaps.count < Self.maximumSitemaps, value.count <= WebURL.maximumLength,
                let url = WebURL(String(decoding: value, as: UTF8.self)), url.isHTTP
            {
                sitemaps.append(url)
            } else {
                passedOverSitemaps += 1
            }
        }
    }

    /// Gives the delay that was read to the user-agent lines it is meant for. Once for many lines: a file of thousands of both
    /// must not cost their product.
    private mutating func settleDelay(_ position: inout Position) {
        guard let delay = position.delay else { return }
        for index in position.delayStart..<agents.count {
            agents[index].delayMilliseconds = max(agents[index].delayMilliseconds ?? 0, delay)
        }
        position.delay = nil
    }

    /// Seconds with or without a fraction as milliseconds, rounded up; nil for any other text.
    private static func milliseconds(_ value: UnsafeBufferPointer<UInt8>) -> Int64? {
        var result: Int64 = 0
        var place: Int64 = 1_000
        var (hasDigits, isFraction, isMore) = (false, false, false)
        for byte in value {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let digit = Int64(byte - UInt8(ascii: "0"))
                hasDigits = true
                if isFraction {
                    place /= 10
                    result += digit * place
                    if place == 0, digit > 0 { isMore = true }
                } else {
                    result = min(result * 10 + digit * place, maximumDelayMilliseconds)
                }
            case UInt8(ascii: ".") where !isFraction:
                isFraction = true
            default:
                return nil
            }
        }
        return hasDigits ? min(result + (isMore ? 1 : 0), maximumDelayMilliseconds) : nil
    }
}
