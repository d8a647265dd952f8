/// What a page asks of those who index it and follow its links: `meta name=robots`, and the `X-Robots-Tag` field.
///
/// No standard defines them; the large search engines document them alike. Every value asks for less to be done, so several of
/// them add up.
package struct RobotsDirectives: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Follow no link of this page.
    package static let nofollow = RobotsDirectives(rawValue: 1)
    /// Show this page in no index.
    package static let noindex = RobotsDirectives(rawValue: 2)
    /// Show no copy of this page.
    package static let noarchive = RobotsDirectives(rawValue: 4)

    /// Our product token (RFC 9309 section 2.2.1), by which a page may speak to this crawler alone.
    package static let productToken = "larder"

    /// Reads the `content` of a `meta` element: words between commas or white space, without regard to case; unknown ones ask for
    /// nothing.
    init(content: Bytes) {
        self = []
        for word in content.split(whereSeparator: { $0 == UInt8(ascii: ",") || isASCIIWhitespace($0) }) {
            formUnion(Self(word: Bytes(rebasing: word)))
        }
    }

    private init(word: Bytes) {
        if word.equalsIgnoringCase("nofollow") {
            self = .nofollow
        } else if word.equalsIgnoringCase("noindex") {
            self = .noindex
        } else if word.equalsIgnoringCase("none") {
            self = [.nofollow, .noindex]
        } else if word.equalsIgnoringCase("noarchive") {
            self = .noarchive
        } else {
            self = []
        }
    }

    /// Reads the values of `X-Robots-Tag` fields. A name and a colon before a directive say for whom it and all that follow in the
    /// same field line are meant; those for others than us are passed over.
    package init(xRobotsTag lines: [String]) {
        self = []
        for line in lines {
            var line = line
            line.withUTF8 { formUnion(Self(xRobotsTag: $0)) }
        }
    }

    private init(xRobotsTag line: Bytes) {
        self = []
        var isForUs = true
        for part in line.split(separator: UInt8(ascii: ",")) {
            var element = Bytes(rebasing: part).trimmed
            let colon = element.offset(of: UInt8(ascii: ":"), from: 0)
            if colon < element.count {
                let name = element.slice(0, colon).trimmed
                // Directives with a value look like names of crawlers.
                if name.equalsIgnoringCase("unavailable_after") || name.startsIgnoringCase(with: "max-") { continue }
                isForUs = name.equalsIgnoringCase("larder")
                element = element.slice(colon + 1, element.count)
            }
            if isForUs { formUnion(Self(content: element)) }
        }
    }
}
