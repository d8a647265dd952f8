/// Looks at the bytes of a request head before a parser does, and refuses every form on which two recipients might disagree
/// (RFC 9112 sections 2.2, 3, 5 and 6; the forms of request smuggling).
///
/// It finds where a head ends and what follows it; names and values are the parser's business. Total, and linear in the bytes.
package struct RequestGuard: Sendable {
    /// The size of a head, its empty line included, in bytes.
    package static let maximumHeadBytes = 64 * 1024
    /// The length of a field line in bytes.
    package static let maximumLineBytes = 16 * 1024
    /// The length of a request target in bytes.
    package static let maximumTargetBytes = 16 * 1024
    package static let maximumFieldLines = 200

    /// How many bytes of the head under way have been looked through for its end.
    private var searched = 0
    private var lineStart = 0

    package init() {}

    /// Looks for the end of the head at the start of `bytes`, which are all bytes of it that have come so far.
    ///
    /// - Returns: the length of the head, its empty line included, as soon as it is complete and correct.
    package mutating func examine(
        _ bytes: UnsafeRawBufferPointer
    ) throws(Refusal) -> (length: Int, framing: RequestFraming)? {
        // A client may have sent a superfluous empty line after the content of the request before (RFC 9112 section 2.2).
        let first = Self.skippedBytes(bytes)
        var index = max(searched, first)
        while index < bytes.count {
            if bytes[index] == Self.lineFeed {
                let start = max(lineStart, first)
                guard index > start, bytes[index - 1] == Self.carriageReturn else { throw .badRequest("A line ends without CR.") }
                if index - 1 == start {
                    guard index + 1 - first <= Self.maximumHeadBytes else { throw .headTooLarge }
                    self = RequestGuard()
                    return (index + 1, try HeadCheck.framing(of: UnsafeRawBufferPointer(rebasing: bytes[first..<(index + 1)])))
                }
                lineStart = index + 1
            }
            index += 1
        }
        searched = bytes.count
        try checkLimits(bytes, from: first)
        return nil
    }

    /// Refuses what can't become a head any more, however it goes on.
    private func checkLimits(_ bytes: UnsafeRawBufferPointer, from first: Int) throws(Refusal) {
        let isInRequestLine = lineStart <= first
        let line = bytes.count - max(lineStart, first)
        if isInRequestLine {
            try HeadCheck.checkStart(UnsafeRawBufferPointer(rebasing: bytes[first...]))
            guard line <= Self.maximumTargetBytes + 64 else { throw .targetTooLong }
        } else if line > Self.maximumLineBytes {
            throw .lineTooLong
        }
        guard bytes.count - first <= Self.maximumHeadBytes else { throw .headTooLarge }
    }

    /// At most two empty lines before a head.
    package static func skippedBytes(_ bytes: UnsafeRawBufferPointer) -> Int {
        var index = 0
        while index < 4, index + 1 < bytes.count, bytes[index] == carriageReturn, bytes[index + 1] == lineFeed { index += 2 }
        return index
    }

    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
}
