import HTTPSemantics
import Testing

/// A row of a table of URLs: a text, the base to resolve it against, and the href it gives; nil is failure.
struct WebURLCase: Sendable, CustomTestStringConvertible {
    let input: String
    let base: String?
    let href: String?

    /// An absolute URL.
    init(_ input: String, _ href: String?) {
        self.input = input
        self.base = nil
        self.href = href
    }

    /// A reference.
    init(_ input: String, against base: String, _ href: String?) {
        self.input = input
        self.base = base
        self.href = href
    }

    /// What the parser makes of the row.
    var result: String? {
        guard let base else { return WebURL(input)?.serialized }
        return WebURL(base).flatMap { WebURL(input, base: $0)?.serialized }
    }

    var testDescription: String {
        base.map { "\(input.debugDescription) against \($0)" } ?? input.debugDescription
    }
}
