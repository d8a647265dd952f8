import CacheStore
import ContentCoding
import HTTPSemantics
import Synchronization

/// Compresses content that came plain, where it is worth it, away from the event loops.
///
/// The level follows the load: while more bodies wait for compression than this process compresses at a time, the processor is the
/// limit and the fastest level serves best; otherwise the network is, and there is time for a better one.
final class BodyEncoder: Sendable {
    /// Shorter content gains less than it costs.
    static let minimumBytes = 256

    private let underWay = Atomic<Int>(0)

    /// Whether the content is worth compressing, judged by its coding, its media type and its first bytes.
    func isWorthCompressing(_ chunks: [[UInt8]], head: ResponseHead) -> Bool {
        // Bytes that carry a coding already are kept as they came: no work, and exports are exact.
        if let coding = head.fields.combined("Content-Encoding"), !FieldSection.equalNames(coding, "identity") { return false }
        guard let first = chunks.first(where: { !$0.isEmpty }) else { return false }
        guard chunks.reduce(0, { $0 + $1.count }) >= Self.minimumBytes else { return false }
        let essence = head.fields.first("Content-Type").flatMap(MediaType.init)?.essence
        return Compressibility.isWorthCompressing(mediaType: essence, firstBlock: first)
    }

    /// The content as it shall be stored. What does not shrink, or cannot be compressed, is stored as it came.
    func encode(_ chunks: [[UInt8]], head: ResponseHead) async -> ([[UInt8]], StoredCoding) {
        guard isWorthCompressing(chunks, head: head) else { return (chunks, .asReceived) }
        let level = level(underWay: underWay.wrappingAdd(1, ordering: .relaxed).newValue)
        defer { underWay.wrappingSubtract(1, ordering: .relaxed) }
        guard let compressed = await offLoop({ try? Deflater.deflated(chunks, level: level) }),
            compressed.count < chunks.reduce(0, { $0 + $1.count })
        else { return (chunks, .asReceived) }
        return ([compressed], .gzip)
    }

    /// A compressor for content that is stored while it arrives; nil if there is no memory for one.
    func makeDeflater() -> Deflater? {
        try? Deflater(level: level(underWay: underWay.load(ordering: .relaxed)))
    }

    private func level(underWay: Int) -> Int {
        underWay > 2 ? 1 : 6
    }
}

/// Runs work for the processor on the shared pool of threads, whichever executor the task prefers otherwise.
func offLoop<Value, Failure: Error>(_ work: () throws(Failure) -> Value) async throws(Failure) -> Value {
    try await withTaskExecutorPreference(globalConcurrentExecutor) { () async throws(Failure) -> Value in
        try work()
    }
}
