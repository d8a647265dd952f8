import CSQLite
import Synchronization

/// Sees every commit to the database, by any process, at the price of reading 96 bytes of shared memory: no system call, no
/// lock, no wait (docs/adr/0007).
///
/// Unchecked because nothing changes after `init`: the connection is not used again before it is closed in `deinit`, and the
/// address it gave stays mapped until then. What lies there is written by other threads and processes, and is taken as whole
/// only where both of its copies agree.
final class CommitWatch: @unchecked Sendable {
    /// Keeps the shared memory mapped.
    private let connection: SQLiteConnection
    private let sharedMemory: UnsafeRawPointer

    /// Length of the parts that SQLite maps the log's index in; the header stands at the beginning of the first.
    private static let regionBytes: Int32 = 32_768

    /// Throws where the database cannot be opened; `ioError` where it has no shared memory.
    init(database: CacheDatabase) throws(StoreError) {
        connection = try database.openReader()
        // SQLite maps the memory at the first read.
        _ = try connection.integer("SELECT count(*) FROM meta")
        guard let start = Self.map(connection) else {
            throw StoreError(.ioError, operation: "watch for commits", path: database.path, detail: "there is no shared memory")
        }
        sharedMemory = start
    }

    /// Asks SQLite itself for the memory. A descriptor of our own would do harm: closing it drops the locks that SQLite holds on
    /// that file for every connection of this process.
    private static func map(_ connection: SQLiteConnection) -> UnsafeRawPointer? {
        var file: UnsafeMutablePointer<sqlite3_file>?
        guard sqlite3_file_control(connection.handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file,
            let methods = file.pointee.pMethods, methods.pointee.iVersion >= 2, let map = methods.pointee.xShmMap
        else { return nil }
        var region: UnsafeMutableRawPointer?
        guard map(file, 0, regionBytes, 0, &region) == SQLITE_OK, let region,
            UInt(bitPattern: region).isMultiple(of: UInt(MemoryLayout<UInt64>.alignment))
        else { return nil }
        return UnsafeRawPointer(region)
    }

    /// The state that a read transaction begun now would see; nil where that is just changing: whatever is remembered is then in
    /// doubt.
    var header: LogHeader? { LogHeader(at: sharedMemory) }
}

/// Keeps reads of shared memory in their order and makes each of them happen, for the compiler and for the processor.
func sharedMemoryFence() {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
}
