/// The framing of several ranges in one message: `multipart/byteranges` (RFC 9110 section 14.6, RFC 2046 section 5.1).
///
/// The content of the message is, for each of `parts`, its header and then the bytes of its range; `closing` ends it.
package struct MultipartByteRanges: Hashable, Sendable {
    /// One range and what is sent before its bytes.
    package struct Part: Hashable, Sendable {
        package let range: ByteRange
        /// The delimiter, Content-Type where the representation has one, Content-Range, and the empty line.
        package let header: String
    }

    /// In the order in which the ranges were given.
    package let parts: [Part]
    /// The delimiter that ends the message's content.
    package let closing: String
    /// The value of the message's own Content-Type.
    package let contentType: String
    /// The length of the whole content in bytes, for Content-Length.
    package let contentLength: Int64

    /// Nil where there is no range, where one doesn't lie within the representation, where the boundary is no boundary, and where
    /// the length of it all exceeds 64 bits.
    ///
    /// - Parameters:
    ///   - boundary: 1 to 70 letters, digits or `'()+_,-./:=?` (RFC 2046 section 5.1.1). Must not occur in the representation:
    ///     chosen at random, 20 characters see to that.
    ///   - contentType: the Content-Type of the representation; nil where it has none. One with a line end in it is left out.
    ///   - completeLength: the length of the representation in bytes.
    package init?(boundary: String, contentType: String?, completeLength: Int64, ranges: [ByteRange]) {
        guard !ranges.isEmpty, Self.isBoundary(boundary) else { return nil }
        let typeLine = contentType.flatMap { $0.utf8.contains(where: Self.endsLine) ? nil : "Content-Type: \($0)\r\n" } ?? ""
        var parts: [Part] = []
        var total: Int64 = 0
        for range in ranges {
            guard let contentRange = ContentRange(range: range, completeLength: completeLength) else { return nil }
            // The line end before a delimiter belongs to the delimiter.
            let start = parts.isEmpty ? "--" : "\r\n--"
            let header = "\(start)\(boundary)\r\n\(typeLine)Content-Range: \(contentRange.text)\r\n\r\n"
            let (before, overflow) = total.addingReportingOverflow(Int64(header.utf8.count))
            let (sum, anotherOverflow) = before.addingReportingOverflow(range.length)
            guard !overflow, !anotherOverflow else { return nil }
            total = sum
            parts.append(Part(range: range, header: header))
        }
        let closing = "\r\n--\(boundary)--\r\n"
        let (length, overflow) = total.addingReportingOverflow(Int64(closing.utf8.count))
        guard !overflow else { return nil }
        self.parts = parts
        self.closing = closing
        self.contentLength = length
        self.contentType = "multipart/byteranges; boundary=" + (Grammar.isToken(boundary) ? boundary : "\"\(boundary)\"")
    }

    private static func isBoundary(_ text: String) -> Bool {
        (1...70).contains(text.utf8.count) && text.utf8.allSatisfy { isASCIILetter($0) || isASCIIDigit($0) || marks.contains($0) }
    }

    private static let marks = Set("'()+_,-./:=?".utf8)

    private static func endsLine(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") || byte == 0
    }
}
