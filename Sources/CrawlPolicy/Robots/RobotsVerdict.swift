/// Whether robots.txt lets a URL be fetched, and what decided it.
package struct RobotsVerdict: Hashable, Sendable {
    package var isAllowed: Bool
    package var basis: Basis

    /// What a verdict rests on.
    package enum Basis: Hashable, Sendable {
        /// The rule with the most octets among those that match (RFC 9309 section 2.2.2).
        case rule(RobotsRule)
        /// No rule of the group matches. The group's product token, or "*".
        case noRule(group: String)
        /// The file has no group for the crawler, nor one for all.
        case noGroup
        /// The URL is that of robots.txt itself, which is always allowed.
        case robotsFile
        /// There is no file to go by (section 2.3.1).
        case access(RobotsAccess)
    }

    /// The verdict in words, such as "line 12 for *: Disallow: /private/". Text of the file stands in it as it came: it is to be
    /// escaped before it reaches a terminal.
    package var explanation: String {
        switch basis {
        case .rule(let rule): "line \(rule.line) for \(rule.group): \(rule.text)"
        case .noRule(let group): "no rule for \(group) matches"
        case .noGroup: "robots.txt has no rules for this crawler"
        case .robotsFile: "robots.txt itself is always allowed"
        case .access(let access): access.explanation
        }
    }
}

/// A rule of robots.txt that decided.
package struct RobotsRule: Hashable, Sendable {
    package var isAllow: Bool
    /// Its line in the file, from 1.
    package var line: Int
    /// The line without white space around it, cut after `maximumTextBytes`.
    package var text: String
    /// The product token of the group in which it stands, in small letters, or "*".
    package var group: String

    package init(isAllow: Bool, line: Int, text: String, group: String) {
        self.isAllow = isAllow
        self.line = line
        self.text = text
        self.group = group
    }

    /// The longest text of a rule that is kept for explanations, in bytes.
    package static let maximumTextBytes = 512
}
