/// Why content could not be coded or decoded.
package enum CodingError: Error, Hashable, Sendable {
    /// The bytes are not what the coding's format allows; the text says what is wrong, in zlib's words.
    case corrupt(String)
    /// The content ended before the coding's own end mark.
    case truncated
    /// The decoded content is larger than the ceiling of that many bytes.
    case outputLimit(Int64)
    /// A content coding of this name is not known here. The name is shortened and holds token characters only.
    case unsupported(String)
    /// More codings are stacked on each other than are undone, by their number.
    case tooManyCodings(Int)
    /// The compression level is not one of 1 to 9.
    case invalidLevel(Int)
    /// zlib found no memory for its state.
    case outOfMemory

    /// A stable name of the case for programs to compare.
    package var code: String {
        switch self {
        case .corrupt: "coding_corrupt"
        case .truncated: "coding_truncated"
        case .outputLimit: "coding_output_limit"
        case .unsupported: "coding_unsupported"
        case .tooManyCodings: "coding_too_many"
        case .invalidLevel: "coding_invalid_level"
        case .outOfMemory: "coding_out_of_memory"
        }
    }
}

extension CodingError: CustomStringConvertible {
    /// A sentence for people: what is wrong and what can be done about it. Safe to print on a terminal.
    package var description: String {
        switch self {
        case .corrupt(let detail):
            "the compressed content is damaged (\(detail)); fetch it again with --reload"
        case .truncated:
            "the compressed content ends too early; fetch it again with --reload"
        case .outputLimit(let bytes):
            "the decompressed content is larger than the limit of \(bytes) bytes; raise the limit if the server is trusted"
        case .unsupported(let name):
            "the content coding '\(name)' is not supported (known are gzip, deflate, identity)"
        case .tooManyCodings(let count):
            "the content has \(count) codings on top of each other, at most \(ContentDecoder.maximumCodings) are undone"
        case .invalidLevel(let level):
            "the compression level \(level) is not one of 1 to 9"
        case .outOfMemory:
            "there is no memory for zlib's state"
        }
    }
}
