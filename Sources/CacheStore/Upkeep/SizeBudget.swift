/// How a size limit is shared out among the files of the directory.
///
/// The limit bounds the whole directory at every moment, so the database gets what the log at its longest and the other files
/// leave. Of that in turn a little is kept free, because a group is written before room is made for it.
struct SizeBudget: Equatable, Sendable {
    /// The longest that the write-ahead log gets, about.
    let logBytes: Int64
    /// From this length of the log on, writing pauses until it is copied: one group may still come.
    let logPauseBytes: Int64
    /// The longest that the database gets, in pages.
    let filePages: Int64
    /// With more pages in use than this, entries go.
    let highPages: Int64
    /// Until there are this many.
    let lowPages: Int64
    /// The least `groupBytes`: one piece of a body.
    static let leastGroupBytes = ChunkID.maximumBytes

    /// Bytes that one transaction brings, about.
    let groupBytes: Int
    /// A longer body is not stored: half of the room, since a longer one would drive out nearly all the others.
    let largestBodyBytes: Int64

    /// - Parameter otherBytes: what the files beside database and log take.
    init(maximumBytes: Int64, otherBytes: Int64) {
        logBytes = min(max(maximumBytes / 8, 2 << 20), 64 << 20)
        let fileBytes = max(1 << 20, maximumBytes - logBytes - otherBytes)
        filePages = fileBytes / CacheDatabase.pageBytes
        let group = min(max(fileBytes / 32, Int64(Self.leastGroupBytes)), Int64(WriteGroup.maximumBytes))
        groupBytes = Int(group)
        logPauseBytes = max(logBytes / 2, logBytes - 2 * group)
        // A group, and what an earlier one has left in the file and nobody uses yet.
        let usable = max(512 << 10, fileBytes - 2 * group)
        highPages = usable / 100 * 98 / CacheDatabase.pageBytes
        lowPages = usable / 100 * 95 / CacheDatabase.pageBytes
        largestBodyBytes = usable / 2
    }
}
