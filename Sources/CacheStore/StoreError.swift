import CSQLite

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why the store could not do what was asked.
///
/// The text names the operation, the path and what to do; it never holds a URL or a field of a message.
package struct StoreError: Error, Hashable, Sendable {
    /// The kind of failure: stable, fit for exit codes and for `--json`.
    package enum Code: Hashable, Sendable {
        /// The directory or a file in it may be read but not written.
        case notWritable
        /// The directory or a file in it cannot be made or opened.
        case cannotCreate
        /// The database is damaged, or is no cache database.
        case corrupt
        /// A later version of the program made the database; it was left as it is.
        case newerSchema(found: Int, supported: Int)
        /// The database names its entries in another way than this program; it was left as it is.
        case differentKeyRecipe
        /// The directory lies on a file system whose locks and shared memory do not reach all its users.
        case networkFileSystem(kind: FileSystemKind)
        /// The disk, or the quota, is full.
        case diskFull
        /// Less space is free on the file system than the reserve: the cache does not grow, and serves what it has.
        case diskReserve(freeBytes: Int64, reserveBytes: Int64)
        /// The size limit is reached, and nothing may go to make room: all is pinned or still being written.
        case cacheFull(maximumBytes: Int64)
        /// The body is longer than the size limit lets a single one be.
        case tooLargeForCache(largestBytes: Int64)
        /// Reading or writing failed for another reason.
        case ioError
        /// Another program held a lock for longer than the time limit.
        case busy
        /// The body was removed or replaced since it was looked up.
        case bodyGone
        /// There is no cache in the directory.
        case noCache
        /// There is no crawl job of that name.
        case noJob
        /// The store was closed.
        case closed
        /// The caller handed in what cannot be stored: a fault of the program.
        case invalidArgument

        /// The name for machines, in snake case.
        package var name: String {
            switch self {
            case .notWritable: "cache_not_writable"
            case .cannotCreate: "cache_cannot_create"
            case .corrupt: "cache_corrupt"
            case .newerSchema: "cache_newer_schema"
            case .differentKeyRecipe: "cache_different_key_recipe"
            case .networkFileSystem: "cache_network_file_system"
            case .diskFull: "cache_disk_full"
            case .diskReserve: "cache_disk_reserve"
            case .cacheFull: "cache_full"
            case .tooLargeForCache: "cache_body_too_large"
            case .ioError: "cache_io_error"
            case .busy: "cache_busy"
            case .bodyGone: "cache_body_gone"
            case .noCache: "cache_missing"
            case .noJob: "job_missing"
            case .closed: "cache_closed"
            case .invalidArgument: "cache_invalid_argument"
            }
        }
    }

    package let code: Code
    /// SQLite's extended result code; nil where SQLite took no part.
    package let sqliteCode: Int32?
    /// The operating system's error number; nil where it gave none.
    package let systemError: Int32?
    /// What was being done: "open", "commit", "read a body".
    package let operation: String
    /// The directory or file.
    package let path: String
    /// What is known beyond the code; empty where that says all.
    package let detail: String

    init(
        _ code: Code, operation: String, path: String, sqliteCode: Int32? = nil, systemError: Int32? = nil, detail: String = ""
    ) {
        self.code = code
        self.operation = operation
        self.path = path
        self.sqliteCode = sqliteCode
        self.systemError = systemError
        self.detail = detail
    }

    /// The same failure, met in another operation.
    init(_ other: StoreError, operation: String) {
        self.init(
            other.code, operation: operation, path: other.path, sqliteCode: other.sqliteCode, systemError: other.systemError,
            detail: other.detail)
    }
}

extension StoreError {
    /// The error for a result code of SQLite.
    static func sqlite(_ extended: Int32, systemError: Int32, operation: String, path: String) -> StoreError {
        let full = systemError == ENOSPC || systemError == EDQUOT
        let forbidden = systemError == EACCES || systemError == EPERM || systemError == EROFS
        let code: Code =
            switch extended & 0xFF {
            case SQLITE_FULL: .diskFull
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_CONSTRAINT, SQLITE_MISMATCH: .corrupt
            case SQLITE_READONLY, SQLITE_PERM: .notWritable
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_CANTOPEN: full ? .diskFull : forbidden ? .notWritable : .cannotCreate
            default: full ? .diskFull : systemError == EROFS ? .notWritable : .ioError
            }
        return StoreError(
            code, operation: operation, path: path, sqliteCode: extended, systemError: systemError == 0 ? nil : systemError,
            detail: String(cString: sqlite3_errstr(extended)))
    }

    /// The error for an error number of the operating system, met while making or opening `path`.
    static func system(_ number: Int32, operation: String, path: String) -> StoreError {
        let code: Code =
            switch number {
            case ENOSPC, EDQUOT: .diskFull
            case EACCES, EPERM, EROFS: .notWritable
            case EIO: .ioError
            default: .cannotCreate
            }
        return StoreError(code, operation: operation, path: path, systemError: number)
    }
}

extension StoreError: CustomStringConvertible {
    /// One sentence or two for people: what, where, what to do.
    package var description: String {
        let reason = reasonText.isEmpty ? "" : ": \(reasonText)"
        return switch code {
        case .notWritable:
            "cannot write the cache at \(path) (\(operation))\(reason). Change its permissions, or choose another with --cache."
        case .cannotCreate:
            "cannot make or open the cache at \(path) (\(operation))\(reason). Choose another directory with --cache."
        case .corrupt:
            "the cache database \(path) is damaged or is no cache database (\(operation))\(reason). Move it "
                + "away; a new one is made by itself."
        case .newerSchema(let found, let supported):
            "the cache database \(path) has schema version \(found), this program knows up to \(supported). "
                + "It was left as it is: use a newer larder, or another directory with --cache."
        case .differentKeyRecipe:
            "the cache database \(path) names its entries in another way than this program. It was left as "
                + "it is: use the larder that made it, or another directory with --cache."
        case .networkFileSystem(let kind):
            "the cache directory \(path) lies on a network file system (\(kind.name)), where a shared "
                + "database would be damaged. Choose a local directory with --cache."
        case .diskFull:
            "no space left for the cache at \(path) (\(operation)). Free some, or choose another directory with --cache."
        case .diskReserve(let free, let reserve):
            "only \(Self.text(free)) are free where the cache \(path) lies, and \(Self.text(reserve)) are kept in reserve: it does not "
                + "grow (\(operation)). Free some space, run `larder gc`, or change the reserve with `larder config set reserve`."
        case .cacheFull(let maximum):
            "the cache at \(path) has reached its limit of \(Self.text(maximum)), and nothing in it may go (\(operation)). Raise "
                + "the limit with `larder config set max-size`, or unpin entries."
        case .tooLargeForCache(let largest):
            "a body is too long for the cache at \(path): its size limit leaves \(Self.text(largest)) for one (\(operation)). Raise "
                + "the limit with `larder config set max-size`."
        case .ioError:
            "reading or writing the cache at \(path) failed (\(operation))\(reason). Check the disk."
        case .busy where detail == JobFiles.inUseDetail:
            "\(detail): \(path). End the process that runs it, then try again."
        case .busy where detail == UpkeepLock.detail:
            "\(detail) on the cache at \(path). Wait until it has ended."
        case .busy:
            "another process holds the lock of the cache at \(path) and did not let go of it in time (\(operation)). Let a stopped "
                + "one go on (`fg`) or end it, then try again."
        case .bodyGone:
            "a stored body in \(path) was removed while it was read. Try again."
        case .noCache:
            "there is no cache in \(path). Run `larder crawl` or `larder get` first, or name another directory with --cache."
        case .noJob:
            "there is no crawl job \(path). `larder jobs` lists those that are there."
        case .closed:
            "the cache at \(path) was closed (\(operation))."
        case .invalidArgument:
            "the cache at \(path) was handed what it cannot store (\(operation))\(reason)."
        }
    }

    /// A number of bytes for people, in the units of the options.
    private static func text(_ bytes: Int64) -> String {
        for (shift, unit) in [(Int64(30), "G"), (20, "M"), (10, "k")] where bytes >= 1 << shift {
            let whole = bytes >> shift
            // Rounded down, so that what is less than another number does not look like it.
            let tenth = (bytes - whole << shift) * 10 >> shift
            return whole < 10 ? "\(whole).\(tenth)\(unit)" : "\(whole)\(unit)"
        }
        return "\(bytes) bytes"
    }

    private var reasonText: String {
        if let systemError, systemError != 0 { return String(cString: strerror(systemError)) }
        return detail
    }
}
