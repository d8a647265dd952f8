/// The content of one response while it arrives: a window of it, so that readers at different places share the same bytes and
/// memory stays bounded however long the content and however slow a reader is.
struct FlightBuffer: Sendable {
    /// Beyond so many bytes the oldest are let go of.
    var limit: Int
    /// The offset of the first byte held.
    private(set) var start: Int64 = 0
    /// The offset behind the last byte that came.
    private(set) var end: Int64 = 0
    private var chunks: [Chunk] = []
    /// The chunks before this one have been let go of; they leave the array now and then, all at once.
    private var first = 0

    private struct Chunk: Sendable {
        var offset: Int64
        var bytes: [UInt8]
        var end: Int64 { offset + Int64(bytes.count) }
    }

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes in what came. Lets go of the oldest bytes beyond the limit, and of those before `needed` at once where no reader
    /// can come later.
    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        chunks.append(Chunk(offset: end, bytes: bytes))
        end += Int64(bytes.count)
        while end - start > Int64(limit), chunks.count - first > 1 { dropFirst() }
    }

    /// Lets go of whole chunks before `offset`.
    mutating func drop(before offset: Int64) {
        while first < chunks.count, chunks[first].end <= offset { dropFirst() }
    }

    private mutating func dropFirst() {
        start = chunks[first].end
        chunks[first].bytes = []
        first += 1
        if first > 64, first * 2 > chunks.count {
            chunks.removeFirst(first)
            first = 0
        }
    }

    /// What is held from `offset` on, at most about `maximum` bytes but at least one chunk; empty where nothing has come yet, nil
    /// where the bytes at `offset` are no longer held.
    func read(from offset: Int64, maximum: Int) -> [[UInt8]]? {
        guard offset >= start else { return nil }
        guard offset < end else { return [] }
        var result: [[UInt8]] = []
        var count = 0
        var index = indexOfChunk(at: offset)
        while index < chunks.count, count < maximum {
            let chunk = chunks[index]
            let skipped = Int(max(0, offset - chunk.offset))
            result.append(skipped == 0 ? chunk.bytes : Array(chunk.bytes[skipped...]))
            count += chunk.bytes.count - skipped
            index += 1
        }
        return result
    }

    /// The chunk that holds the byte at an offset that is held.
    private func indexOfChunk(at offset: Int64) -> Int {
        var low = first
        var high = chunks.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if chunks[middle].offset <= offset { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
