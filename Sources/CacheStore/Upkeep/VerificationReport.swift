/// What a check of the whole store found.
package struct VerificationReport: Hashable, Sendable {
    /// One thing that is wrong.
    package struct Problem: Hashable, Sendable {
        package enum Kind: String, Hashable, Sendable {
            /// The database's own check (`PRAGMA quick_check`) complains, or a page cannot be read.
            case database
            /// A chunk of a body is not there.
            case missingChunk = "missing_chunk"
            /// Chunks are there that belong to no body.
            case strayChunk = "stray_chunk"
            /// The chunks are not as long together as the body's row says.
            case wrongLength = "wrong_length"
            /// The bytes are not those that the digest names.
            case wrongDigest = "wrong_digest"
            /// More or fewer entries refer to a body than its row says.
            case wrongReferenceCount = "wrong_reference_count"
            /// An entry's body, freshness or host is not there.
            case brokenEntry = "broken_entry"
            /// Freshness without its entry.
            case strayFreshness = "stray_freshness"
            /// What an entry says of the ranges that it holds can't be read, or doesn't fit its body's length.
            case wrongRanges = "wrong_ranges"
            /// What is noted for those who read an entry's numbers alone isn't what the entry itself says.
            case wrongNumbers = "wrong_numbers"
        }

        package let kind: Kind
        /// The body's row; nil where none is concerned.
        package let body: Int64?
        /// The entry's row; nil where none is concerned.
        package let entry: Int64?
        /// For the log: no URL in it.
        package let detail: String

        /// Whether entries cannot answer because of it; what else there is takes room at most.
        package var concernsEntries: Bool {
            switch kind {
            case .missingChunk, .wrongLength, .wrongDigest, .brokenEntry, .wrongRanges: true
            case .database: body != nil
            case .strayChunk, .strayFreshness, .wrongReferenceCount, .wrongNumbers: false
            }
        }
    }

    /// Problems beyond this many are counted, not listed.
    package static let maximumProblems = 1000

    package internal(set) var entries: Int64 = 0
    package internal(set) var bodies: Int64 = 0
    /// Stored bytes that were read and compared with a digest.
    package internal(set) var checkedBytes: Int64 = 0
    /// Bodies that no decoder was given for, so that only their lengths were checked.
    package internal(set) var uncheckedBodies: Int64 = 0
    package internal(set) var problemCount: Int64 = 0
    package internal(set) var problems: [Problem] = []

    package var isClean: Bool { problemCount == 0 }

    mutating func add(_ kind: Problem.Kind, body: Int64? = nil, entry: Int64? = nil, _ detail: String) {
        problemCount += 1
        if problems.count < Self.maximumProblems {
            problems.append(Problem(kind: kind, body: body, entry: entry, detail: detail))
        }
    }
}
