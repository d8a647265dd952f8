/// What the header of the write-ahead log's index says: 48 bytes in shared memory that every commit changes.
///
/// The format is that of <https://sqlite.org/walformat.html> section 2.2, and frozen as long as its version is `knownVersion`:
/// programs with different releases of SQLite share it. Numbers stand in the machine's byte order.
struct LogHeader: Equatable, Sendable {
    /// The only version of the format so far.
    static let knownVersion: UInt32 = 3_007_000

    /// The length of one copy of the header in bytes; two lie one behind the other.
    private static let length = 48

    // All of it takes part in the comparison, the salts and the running checksum over the log included, so that two states of a
    // database never look alike.
    private let words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

    /// Reads the header that readers of the database would find now. Nil while a commit is being made known, where a process was
    /// killed in the middle of that, and where the format is another.
    ///
    /// - Parameter start: The beginning of the shared memory; on a multiple of 8.
    init?(at start: UnsafeRawPointer) {
        // As SQLite does: writers fill the second copy, then the first; readers go the other way, and what is equal is whole.
        let first = Self(unchecked: start)
        sharedMemoryFence()
        let second = Self(unchecked: start + Self.length)
        guard first == second, first.version == Self.knownVersion, first.isInitialized else { return nil }
        self = first
    }

    private init(unchecked start: UnsafeRawPointer) {
        sharedMemoryFence()
        words = (
            start.load(fromByteOffset: 0, as: UInt64.self), start.load(fromByteOffset: 8, as: UInt64.self),
            start.load(fromByteOffset: 16, as: UInt64.self), start.load(fromByteOffset: 24, as: UInt64.self),
            start.load(fromByteOffset: 32, as: UInt64.self), start.load(fromByteOffset: 40, as: UInt64.self)
        )
    }

    static func == (left: LogHeader, right: LogHeader) -> Bool {
        left.words == right.words
    }

    private func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value {
        withUnsafeBytes(of: words) { $0.load(fromByteOffset: offset, as: type) }
    }

    private var version: UInt32 { load(0, as: UInt32.self) }
    private var isInitialized: Bool { load(12, as: UInt8.self) != 0 }

    /// Grows by one with each commit that writes anything, by whichever connection; wraps around.
    var commitCount: UInt32 { load(8, as: UInt32.self) }

    /// The log's length in pages after the last commit; 0 where it has begun anew.
    var pageCount: UInt32 { load(16, as: UInt32.self) }
}
