/// Undoes the codings of a Content-Encoding field (RFC 9110 section 8.4) as a stream; used like an `Inflater`.
///
/// Known are `gzip`, `x-gzip` (the same, RFC 9110 section 8.4.1.3), `deflate` and `identity`, in any case and up to
/// `maximumCodings` on top of each other. Memory is bounded by one chunk for each coding.
///
/// Unchecked because the value cannot be copied, and the stages, made in `init`, never leave it; so each use of them is a mutation of
/// this value, for which the language guarantees exclusive access.
package struct ContentDecoder: ~Copyable, @unchecked Sendable {
    /// How many codings on top of each other are undone; `identity` does not count.
    package static let maximumCodings = 4

    /// An inflater that an array can hold.
    private final class Stage {
        var inflater: Inflater

        init(format: ContentCodingFormat, maximumOutput: Int64?) throws(CodingError) {
            inflater = try Inflater(format: format, maximumOutput: maximumOutput)
        }
    }

    /// In the order in which they are undone: the coding that was applied last stands first.
    private let stages: [Stage]
    private let maximumOutput: Int64?

    /// Input that passes through unchanged where there is no stage.
    private var passing: [[UInt8]]
    private var passedBytes: Int64
    private var failure: CodingError?

    /// - Parameters:
    ///   - contentEncoding: the combined value of the field (several lines joined by commas); nil or empty means no coding.
    ///   - maximumOutput: the ceiling in bytes of the decoded content; nil means none.
    /// - Throws: `unsupported`, `tooManyCodings`, `outOfMemory`.
    package init(contentEncoding: String?, maximumOutput: Int64?) throws(CodingError) {
        let formats = try Self.formats(of: contentEncoding ?? "")
        var stages: [Stage] = []
        for (index, format) in formats.reversed().enumerated() {
            let isLast = index == formats.count - 1
            let ceiling = isLast ? maximumOutput : Self.intermediateCeiling(maximumOutput)
            stages.append(try Stage(format: format, maximumOutput: ceiling))
        }
        self.stages = stages
        self.maximumOutput = maximumOutput.map { max(0, $0) }
        passing = []
        passedBytes = 0
        failure = nil
    }

    /// Whether the content passes through unchanged.
    package var isIdentity: Bool { stages.isEmpty }

    /// Adds input. Memory stays small where `next()` is called until nil between two pieces.
    package mutating func append(_ bytes: [UInt8]) {
        if let first = stages.first {
            first.inflater.append(bytes)
        } else if !bytes.isEmpty {
            passing.append(bytes)
        }
    }

    /// The next chunk of the decoded content, never empty; nil where more input is needed or the end is reached.
    ///
    /// It is at most `Inflater.maximumChunkBytes` long; without a coding it is a piece as it was appended.
    ///
    /// - Throws: `corrupt`, `outputLimit`; then again the same error at each call.
    package mutating func next() throws(CodingError) -> [UInt8]? {
        if let failure { throw failure }
        return stages.isEmpty ? try pass() : try pull(stages.count - 1)
    }

    /// Says that no input follows, after `next()` has returned nil.
    ///
    /// - Throws: `truncated` where a coding's end mark has not come, or the error of an earlier call.
    package func finish() throws(CodingError) {
        if let failure { throw failure }
        for stage in stages {
            try stage.inflater.finish()
        }
    }

    /// All of `bytes` decoded at once.
    ///
    /// - Throws: any `CodingError`.
    package static func decoded(
        _ bytes: [UInt8], contentEncoding: String?, maximumOutput: Int64?
    ) throws(CodingError) -> [UInt8] {
        var decoder = try ContentDecoder(contentEncoding: contentEncoding, maximumOutput: maximumOutput)
        decoder.append(bytes)
        var output: [UInt8] = []
        while let chunk = try decoder.next() {
            if output.isEmpty { output = chunk } else { output += chunk }
        }
        try decoder.finish()
        return output
    }

    // MARK: - Steps

    private mutating func pass() throws(CodingError) -> [UInt8]? {
        guard !passing.isEmpty else { return nil }
        let chunk = passing.removeFirst()
        passedBytes += Int64(chunk.count)
        if let maximumOutput, passedBytes > maximumOutput {
            passing = []
            failure = .outputLimit(maximumOutput)
            throw .outputLimit(maximumOutput)
        }
        return chunk
    }

    /// The next chunk that the stage at `index` gives, fed from the one before it.
    private func pull(_ index: Int) throws(CodingError) -> [UInt8]? {
        while true {
            if let chunk = try stages[index].inflater.next() { return chunk }
            guard index > 0, let more = try pull(index - 1) else { return nil }
            stages[index].inflater.append(more)
        }
    }

    /// A ceiling for what lies between two codings. It is compressed data itself and so hardly larger than the content, but
    /// without a ceiling one bomb inside another costs time without end while it gives no output.
    private static func intermediateCeiling(_ maximumOutput: Int64?) -> Int64? {
        guard let maximumOutput else { return nil }
        let (sum, overflow) = max(0, maximumOutput).addingReportingOverflow(max(0, maximumOutput) / 256 + 65536)
        return overflow ? nil : sum
    }

    /// The codings that a field value names, in the order in which they were applied.
    private static func formats(of contentEncoding: String) throws(CodingError) -> [ContentCodingFormat] {
        var formats: [ContentCodingFormat] = []
        for element in contentEncoding.utf8.split(separator: UInt8(ascii: ",")) {
            let name = String(decoding: trimmed(element).map(lowercase), as: UTF8.self)
            switch name {
            case "", "identity": break
            case "gzip", "x-gzip": formats.append(.gzip)
            case "deflate": formats.append(.zlib)
            default: throw .unsupported(printable(name))
            }
        }
        guard formats.count <= maximumCodings else { throw .tooManyCodings(formats.count) }
        return formats
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }

    /// At most 32 bytes of a name from the network, with `?` for each byte that is no visible ASCII character.
    private static func printable(_ name: String) -> String {
        String(decoding: name.utf8.prefix(32).map { 0x21...0x7E ~= $0 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
