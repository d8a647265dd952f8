/// A pattern for names: `*` stands for any bytes or none, `?` for one byte, all others for themselves. Upper and lower case of
/// ASCII are the same.
package struct NameGlob: Hashable, Sendable {
    /// The pattern as given.
    package let text: String
    /// In lower case.
    private let pattern: [UInt8]

    package init(_ text: String) {
        self.text = text
        pattern = text.utf8.map(URLText.lowerCase)
    }

    /// Whether the whole name fits. At most the product of both lengths, usually the length of the name.
    func matches(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        var (position, index) = (0, 0)
        // The last star, and where in the name its text ends as far as tried: earlier stars never need another try.
        var star: (position: Int, end: Int)?
        while index < name.count {
            if position < pattern.count, pattern[position] == UInt8(ascii: "*") {
                star = (position, index)
                position += 1
            } else if position < pattern.count,
                pattern[position] == UInt8(ascii: "?") || pattern[position] == URLText.lowerCase(name[index])
            {
                position += 1
                index += 1
            } else if let last = star {
                star = (last.position, last.end + 1)
                position = last.position + 1
                index = last.end + 1
            } else {
                return false
            }
        }
        return pattern[position...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
