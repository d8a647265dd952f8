#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The room of a file system, as its users see it.
package struct FreeSpace: Hashable, Sendable {
    /// Bytes that a user without privileges may still write.
    package let availableBytes: Int64
    /// Bytes of the whole file system.
    package let totalBytes: Int64

    package init(availableBytes: Int64, totalBytes: Int64) {
        self.availableBytes = availableBytes
        self.totalBytes = totalBytes
    }

    /// The room of the file system that `path` lies on; nil where the system does not say.
    package static func probe(_ path: String) -> FreeSpace? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let unit = Int64(clamping: status.f_frsize)
        return FreeSpace(
            availableBytes: Int64(clamping: status.f_bavail).multipliedClamping(by: unit),
            totalBytes: Int64(clamping: status.f_blocks).multipliedClamping(by: unit))
    }
}

extension Int64 {
    /// The product of two numbers that are not negative, the largest number where it is larger.
    fileprivate func multipliedClamping(by other: Int64) -> Int64 {
        let (product, isTooLarge) = multipliedReportingOverflow(by: other)
        return isTooLarge ? .max : product
    }
}
