/// The name of a crawl job, which is the name of its file: 1 to 100 letters, digits, `.`, `-` and `_` of ASCII, not beginning with a
/// dot. So it leads nowhere but into the directory of jobs, and no job is hidden.
package struct JobName: Hashable, Sendable {
    package static let maximumLength = 100

    package let text: String

    /// Nil for what is no such name.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard (1...Self.maximumLength).contains(bytes.count), bytes.first != UInt8(ascii: "."), bytes.allSatisfy(Self.isAllowed)
        else { return nil }
        self.text = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
