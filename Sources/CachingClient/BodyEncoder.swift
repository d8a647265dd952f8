import CacheStore
import ContentCoding
import HTTPSemantics
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Compresses content that came plain, where it is worth it, away from the event loops.
///
/// The level follows the load: while more bodies wait for compression than this process compresses at a time, or a compression
/// took much longer than the processor worked on it, because others want the processor as well, that is the limit and the fastest
/// level serves best; otherwise the network is, and there is time for a better one.
final class BodyEncoder: Sendable {
    /// Shorter content gains less than it costs.
    static let minimumBytes = 256

    private let underWay = Atomic<Int>(0)
    /// How many bodies are yet to be compressed fast, since the processor was seen to be shared.
    private let hurried = Atomic<Int>(0)

    /// So many bodies are compressed fast before it is looked at again whether the processor is free.
    private static let hurriedBodies = 64

    /// Whether the content is worth compressing, judged by its coding, its media type and its first bytes.
    func isWorthCompressing(_ chunks: [[UInt8]], head: ResponseHead) -> Bool {
        // Bytes that carry a coding already are kept as they came: no work, and exports are exact.
        if let coding = head.fields.combined(.contentEncoding), !FieldSection.equalNames(coding, "identity") { return false }
        guard let first = chunks.first(where: { !$0.isEmpty }) else { return false }
        guard chunks.reduce(0, { $0 + $1.count }) >= Self.minimumBytes else { return false }
        let essence = head.fields.first(.contentType).flatMap(MediaType.init)?.essence
        return Compressibility.isWorthCompressing(mediaType: essence, firstBlock: first)
    }

    /// The content as it shall be stored. What does not shrink, or cannot be compressed, is stored as it came.
    func encode(_ chunks: [[UInt8]], head: ResponseHead) async -> ([[UInt8]], StoredCoding) {
        guard isWorthCompressing(chunks, head: head) else { return (chunks, .asReceived) }
        let level = level(underWay: underWay.wrappingAdd(1, ordering: .relaxed).newValue)
        defer { underWay.wrappingSubtract(1, ordering: .relaxed) }
        guard let compressed = await offLoop({ measured { try? Deflater.deflated(chunks, level: level) } }),
            compressed.count < chunks.reduce(0, { $0 + $1.count })
        else { return (chunks, .asReceived) }
        return ([compressed], .gzip)
    }

    /// A compressor for content that is stored while it arrives; nil if there is no memory for one.
    func makeDeflater() -> Deflater? {
        try? Deflater(level: level(underWay: underWay.load(ordering: .relaxed)))
    }

    private func level(underWay: Int) -> Int {
        if underWay > 2 { return 1 }
        guard hurried.load(ordering: .relaxed) > 0 else { return 6 }
        hurried.wrappingSubtract(1, ordering: .relaxed)
        return 1
    }

    /// Runs work for the processor, and notes whether it had to wait for it.
    private func measured<Value>(_ work: () -> Value) -> Value {
        let (start, worked) = (ContinuousClock.now, ThreadTime.used())
        let value = work()
        let (elapsed, busy) = (ContinuousClock.now - start, ThreadTime.used() - worked)
        if busy > .zero, elapsed > busy * 2 { hurried.store(Self.hurriedBodies, ordering: .relaxed) }
        return value
    }
}

/// Runs work for the processor on the shared pool of threads, whichever executor the task prefers otherwise.
func offLoop<Value, Failure: Error>(_ work: () throws(Failure) -> Value) async throws(Failure) -> Value {
    try await withTaskExecutorPreference(globalConcurrentExecutor) { () async throws(Failure) -> Value in
        try work()
    }
}

/// How long the processor has worked for the calling thread.
private enum ThreadTime {
    static func used() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}
