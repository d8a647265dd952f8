package import HTTPCaching
package import HTTPSemantics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Stored responses in one SQLite database that all processes of a machine share.
///
/// Reads run on threads of the store's own and see what is committed. Writes go through one queue to one thread, which commits
/// them in groups; each gives a handle that tells when it is on its way to the disk for good.
package final class CacheStore: Sendable {
    package struct Options: Sendable {
        /// Whether each commit waits until the disk has it. Without it a power failure can lose the last commits, never the
        /// database; a kill of the process loses nothing that was committed either way.
        package var durable = false
        /// Bound of what waits to be written, in bytes; callers beyond it wait.
        package var maximumQueuedBytes = 32 << 20
        /// For how long a write, a flush or an opening that must make or migrate the database waits for another process that
        /// holds the right to write; it fails with `busy` then. Reading never waits for it.
        package var lockTimeout = Duration.seconds(30)
        /// Threads that answer reads, with a connection each.
        package var readerCount = 2
        /// Bound, in bytes, of what the memory tier keeps: what look-ups found lately and contents up to 1 MiB. 0: there is no
        /// memory tier.
        package var memoryTierBytes = 0
        /// Tells the time; used for when rows are written and for the day of an activity.
        package var now: @Sendable () -> UnixTime = CacheStore.systemTime
        /// Tells what kind of file system a directory lies on.
        package var fileSystemKind: @Sendable (_ path: String) -> FileSystemKind = FileSystemKind.probe
        /// Tells the room of the file system that a directory lies on; nil: nobody knows, and no reserve is kept.
        package var freeSpace: @Sendable (_ path: String) -> FreeSpace? = FreeSpace.probe
        /// Bound of the database in pages of 8 KiB; nil: none. For tests of a full disk.
        var maximumPages: Int?
        /// The schema's versions. For tests of migrations.
        var migrations = Migrations.current

        package init() {}
    }

    let database: CacheDatabase
    let options: Options
    let writer: WriterThread
    let readers: ReaderPool
    /// Nil: off.
    let memory: MemoryTier?
    /// Leases of keys and turns at hosts.
    let sharing: Sharing

    /// The directory that the store lies in.
    package var directory: String { database.directory.path }
    /// What the directory's file system is: where it is `unknown`, a warning to the user is in place.
    package let fileSystemKind: FileSystemKind

    private init(database: CacheDatabase, options: Options, fileSystemKind: FileSystemKind, memory: MemoryTier?) {
        self.database = database
        self.options = options
        self.fileSystemKind = fileSystemKind
        self.memory = memory
        self.sharing = Sharing(directory: database.directory, now: options.now)
        self.writer = WriterThread(
            database: database, maximumQueuedBytes: options.maximumQueuedBytes, lockTimeout: options.lockTimeout, memory: memory,
            now: options.now)
        self.readers = ReaderPool(database: database, threadCount: options.readerCount)
    }

    deinit {
        writer.stop()
        readers.stop()
        memory?.close()
    }

    // MARK: Opening

    /// Opens the store in `directory` and makes what is missing, the directory and its parents included.
    package static func open(directory: String, options: Options = Options()) throws(StoreError) -> CacheStore {
        let directory = CacheDirectory(directory)
        try directory.create()
        return try open(directory, options, forWriting: true)
    }

    /// Opens the store in `directory`; throws `noCache` where there is none. Starts no thread that writes before the first
    /// write.
    package static func openExisting(directory: String, options: Options = Options()) throws(StoreError) -> CacheStore {
        let directory = CacheDirectory(directory)
        guard try directory.hasDatabase() else {
            throw StoreError(.noCache, operation: "open", path: directory.path)
        }
        return try open(directory, options, forWriting: false)
    }

    private static func open(
        _ directory: CacheDirectory, _ options: Options, forWriting: Bool
    ) throws(StoreError) -> CacheStore {
        let kind = options.fileSystemKind(directory.path)
        if case .network = kind {
            throw StoreError(.networkFileSystem(kind: kind), operation: "open", path: directory.path)
        }
        let database = CacheDatabase(
            directory: directory, migrations: options.migrations, durable: options.durable, maximumPages: options.maximumPages,
            lockTimeout: options.lockTimeout, freeSpace: options.freeSpace)
        if forWriting { try database.checkIsWritable() }
        try database.create(now: options.now())
        let memory =
            options.memoryTierBytes > 0 ? try MemoryTier(database: database, maximumBytes: options.memoryTierBytes) : nil
        return CacheStore(database: database, options: options, fileSystemKind: kind, memory: memory)
    }

    /// For programs of ours alone, before the first store is opened: changes what the SQLite of this process does for everybody.
    package static func prepareProcess() {
        SQLiteConnection.leaveMemoryUncounted()
    }

    // MARK: Reading

    /// Opens what look-ups need, on threads of its own: for callers who have something else to do before the first one. Never waits.
    package func openReaders() {
        readers.open()
    }

    /// All variants of each key, in the order of the keys; an empty list where nothing is stored. One read transaction.
    package func lookup(_ keys: [CacheKey]) async throws(StoreError) -> [[StoredEntry]] {
        try await lookup(keys, hashes: keys.map { KeyDigest($0).prefix })
    }

    /// The same for keys of which marks have been taken, in the same order.
    package func lookup(_ keys: [CacheKey], marks: [ChangeMark]) async throws(StoreError) -> [[StoredEntry]] {
        try await lookup(keys, hashes: marks.map { Int64(bitPattern: $0.hash) })
    }

    private func lookup(_ keys: [CacheKey], hashes: [Int64]) async throws(StoreError) -> [[StoredEntry]] {
        let rows = try await readers.read("look up") { reader throws(StoreError) in try reader.find(keys, hashes: hashes) }
        return rows.entries(of: keys)
    }

    /// What decides the reuse of each key's response (`ReusePolicy.reuse`), in the order of the keys; nil: it takes more, or nothing is
    /// stored, so ask `lookup`. At half the cost, for whoever wants neither head nor content. One read transaction.
    package func lookupFreshness(
        _ keys: [CacheKey], for kind: CacheKind
    ) async throws(StoreError) -> [StoredFreshness?] {
        let digests = keys.map(KeyDigest.init)
        return try await readers.read("look up") { reader throws(StoreError) in
            try reader.numbers(of: keys, digests, for: kind)
        }
    }

    /// Hands out the stored bytes of a body. Of a response held in part these are the held ranges one after another.
    ///
    /// - Parameter wireOffset: How many bytes of the body to leave out at the beginning; less than 0 is 0, and behind the end there
    ///   is nothing. No piece is read that has only bytes of these. Only where the body is stored as received: what we compressed
    ///   is handed out from its beginning, and the caller leaves out what `BodyReader.wireOffset` has not.
    package func readBody(_ body: StoredBody, from wireOffset: Int64 = 0) -> BodyReader {
        BodyReader(body: body, from: wireOffset, readers: readers)
    }

    /// The entries of a query, page by page; `limit` and order included.
    package func entries(_ query: EntryQuery) -> EntryPages {
        EntryPages(database: database, query: query)
    }

    /// How many entries a query has, its limit apart.
    package func count(_ query: EntryQuery) async throws(StoreError) -> Int {
        let database = database
        return try await DedicatedThread.run(path: database.path) { () throws(StoreError) in
            let sql = EntryQuerySQL(query)
            let statement = try database.openReader().prepare("SELECT count(*) FROM \(EntryQuerySQL.tables)\(sql.filter)")
            sql.bind(to: statement)
            return try statement.step("count") ? Int(statement.integer(0)) : 0
        }
    }

    /// Totals of the store, and sums by group. `query` narrows the groups.
    package func statistics(
        by grouping: StoreStatistics.Grouping = .none, query: EntryQuery? = nil
    ) async throws(StoreError) -> StoreStatistics {
        let database = database
        let query = query ?? EntryQuery(now: options.now())
        return try await DedicatedThread.run(path: database.path) { () throws(StoreError) in
            try StoreStatistics.gather(grouping, query: query, database: database)
        }
    }

    // MARK: Writing

    /// Stores a response and its body. Takes the place of the same variant of the same key. Waits only while the queue is over
    /// its bound in bytes; the handle tells of the commit.
    ///
    /// A response held in part (`StoredResponse.heldRanges`) is dropped, without an error, where the same variant is there whole,
    /// or with more bytes under the same strong entity tag, and isn't the one that `replacing` names. Throws `invalidArgument`
    /// where the content is not as long as the held ranges together.
    ///
    /// - Parameter replacing: The response that a validation asked about and that this full answer takes the place of (RFC 9111
    ///   section 4.3.3), even where the fields that Vary names differ. Left alone where another has taken its place meanwhile,
    ///   or where it has another key; nil: none.
    package func put(
        _ entry: NewEntry, content: CompleteBody, replacing: EntryID? = nil
    ) async throws(StoreError) -> CommitHandle {
        try Self.check(digest: content.digest, path: directory)
        try Self.check(entry, wireBytes: content.wireBytes, path: directory)
        let pending = PendingEntry(entry, replacing: replacing, createdTime: options.now())
        return try await writer.submit(
            .put(pending, .complete(content)), byteCount: pending.byteCount + content.storedBytes, name: "store an entry")
    }

    /// Begins a body that is written as it comes and becomes visible when it is published.
    package func stageBody() async throws(StoreError) -> BodyStaging {
        let now = options.now
        return BodyStaging(writer: writer, readers: readers, path: directory) {
            PendingEntry($0, replacing: $1, createdTime: now())
        }
    }

    /// Notes that a 304 has confirmed a stored response. Does nothing where another response took its place meanwhile.
    ///
    /// - Parameters:
    ///   - head: The stored head with the 304's fields laid over it; nil where only the numbers changed, which is much cheaper.
    ///   - date: The Date of the 304, shown instead of the stored one from now on; nil leaves the Date as it is.
    ///   - expires: The same for Expires. For a head that has one.
    ///   - varyFields: What the Vary of `head` nominates, in the place of `StoredResponse.varyFields`. Written where `head` is;
    ///     nil leaves what is stored.
    package func freshen(
        _ entry: StoredEntry, head: ResponseHead? = nil, freshness: Freshness, date: UnixTime? = nil, expires: UnixTime? = nil,
        varyFields: FieldSection? = nil
    ) async throws(StoreError) -> CommitHandle {
        let pending = PendingFreshness(
            of: entry, head: head, varyFields: varyFields, freshness: freshness, date: date, expires: expires, time: options.now())
        return try await writer.submit(.freshen(pending), byteCount: head == nil ? 256 : 1024, name: "freshen an entry")
    }

    /// Where no limit depends on it, uses closer together than this many milliseconds leave the stored time of the last one as it is.
    package static let useResolutionMilliseconds = UseLedger.Pace.leisurely.resolutionMilliseconds

    /// Notes that entries have answered requests: collected, and counted in the store a second later. Where no limit depends on it,
    /// the time of the last use is moved on once a minute only. Never waits.
    package func touch(_ entries: [StoredEntry], at time: UnixTime) {
        writer.note(entries.map { UseLedger.Use(of: $0.id, at: time, known: $0.lastUse) })
    }

    /// The same for responses of which only the numbers were looked up.
    package func touch(_ responses: [StoredFreshness], at time: UnixTime) {
        writer.note(responses.map { UseLedger.Use(of: $0.id, at: time, known: $0.lastUse) })
    }

    /// Removes responses, and bodies that no other entry has. Leaves alone what took the place of one meanwhile.
    package func remove(_ ids: [EntryID]) async throws(StoreError) -> CommitHandle {
        try await writer.submit(.remove(ids), byteCount: 32 * ids.count, name: "remove entries")
    }

    /// Notes that the stored bytes of a body are not those that its digest names. Nobody gets them from then on, and equal content
    /// that comes anew is stored anew: sharing them would keep the damage. `verify` still finds it. Never waits.
    package func setApart(_ body: StoredBody) {
        writer.submitAtOnce(.setApart(body), byteCount: 64)
    }

    /// Adds to the statistics of today: collected, and written with the next group or at the end.
    package func record(_ activity: ActivityDelta) {
        writer.activity.add(activity, at: options.now())
    }

    /// Returns when all that was handed over before is committed, use times and activity included. Throws `busy` where another
    /// process holds the right to write for longer than `Options.lockTimeout`.
    package func flush() async throws(StoreError) {
        try await writer.flush()
    }

    /// Writes what is queued, copies the write-ahead log and ends the threads. Later calls fail with `closed`. Failures of
    /// queued writes are told to their handles. Waits for another process that holds the right to write for no longer than
    /// `Options.lockTimeout`.
    ///
    /// - Returns: what the last writes failed with, collected uses and activity included; nil where all is committed.
    @discardableResult
    package func close() async -> StoreError? {
        // The writing connection is the last to go: it is the one that can tidy the log away.
        await readers.close()
        memory?.close()
        return await writer.close()
    }

    static func check(digest: [UInt8], path: String) throws(StoreError) {
        guard digest.count == BodyDigest.length else {
            throw StoreError(
                .invalidArgument, operation: "store a body", path: path, detail: "a digest has \(BodyDigest.length) bytes")
        }
    }

    /// Refuses a part whose ranges do not tell where the bytes of its content belong.
    static func check(_ entry: NewEntry, wireBytes: Int64, path: String) throws(StoreError) {
        guard let ranges = entry.response.heldRanges, HeldRanges(ranges)?.heldLength != wireBytes else { return }
        throw StoreError(
            .invalidArgument, operation: "store an entry", path: path,
            detail: "the held ranges and the \(wireBytes) bytes of the content do not fit")
    }

    /// The machine's clock.
    package static func systemTime() -> UnixTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UnixTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
