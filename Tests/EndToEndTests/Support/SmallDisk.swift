import Foundation
import TestSupport
import Testing

/// A tmpfs of a few mebibytes.
final class SmallDisk: Sendable {
    /// Mounting needs root, and a container may forbid it even so.
    static let isPossible: Bool = {
        guard geteuid() == 0, let directory = try? TemporaryDirectory("larder-disk") else { return false }
        guard mount("tmpfs", directory.path, "tmpfs", 0, "size=1m") == 0 else { return false }
        umount2(directory.path, Int32(MNT_DETACH))
        return true
    }()

    let path: String
    private let directory: TemporaryDirectory

    init(mebibytes: Int) async throws {
        directory = try TemporaryDirectory("larder-disk")
        path = directory.path
        try await run("mount", "-t", "tmpfs", "-o", "size=\(mebibytes)m", "tmpfs", path)
    }

    func resize(mebibytes: Int) async throws {
        try await run("mount", "-o", "remount,size=\(mebibytes)m", path)
    }

    /// What a user other than root may still write.
    func freeBytes() throws -> Int64 {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        return Int64(status.f_bavail) * Int64(status.f_frsize)
    }

    func unmount() async throws {
        try await run("umount", "-l", path)
    }

    deinit {
        // Where a test ended early; what is not mounted any more is none of ours.
        umount2(path, Int32(MNT_DETACH))
    }

    private func run(_ program: String, _ arguments: String...) async throws {
        let result = try await Program.run(program, arguments)
        try #require(result.status == 0, "\(program): \(result.errors)")
    }
}
