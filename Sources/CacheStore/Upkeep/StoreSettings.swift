/// What the owner of a cache has settled. It lies in the cache itself and holds for every program that writes it.
package struct StoreSettings: Hashable, Sendable {
    /// Bound of the whole directory in bytes, kept by whoever writes: what was used longest ago goes first. Nil: none.
    package var maximumBytes: Int64?
    /// Entries that have not been used for so many seconds go. Nil: they stay.
    package var maximumAgeSeconds: Int64?
    /// Free bytes of the file system below which the cache does not grow. 0: it always may; nil: `defaultReserve`.
    package var reserveBytes: Int64?

    /// The least `maximumBytes`: the log and the files beside the database need room too.
    package static let smallestMaximumBytes: Int64 = 8 << 20

    package init(maximumBytes: Int64? = nil, maximumAgeSeconds: Int64? = nil, reserveBytes: Int64? = nil) {
        self.maximumBytes = maximumBytes
        self.maximumAgeSeconds = maximumAgeSeconds
        self.reserveBytes = reserveBytes
    }

    /// The reserve where none is set, in bytes: 5 % of the file system, but 256 MiB at most.
    package static func defaultReserve(of space: FreeSpace) -> Int64 {
        min(256 << 20, space.totalBytes / 20)
    }

    /// The free bytes below which the cache does not grow, on that file system.
    package func reserve(of space: FreeSpace) -> Int64 {
        reserveBytes ?? Self.defaultReserve(of: space)
    }

    /// What is wrong with it; nil: nothing.
    var fault: String? {
        if let maximumBytes, maximumBytes < Self.smallestMaximumBytes {
            return "a size limit is at least \(Self.smallestMaximumBytes >> 20) MiB"
        }
        if let maximumAgeSeconds, maximumAgeSeconds < 1 { return "an age limit is at least a second" }
        if let reserveBytes, reserveBytes < 0 { return "a reserve is not negative" }
        return nil
    }
}
