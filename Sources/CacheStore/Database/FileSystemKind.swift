import CSQLite

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The kind of file system that a directory lies on, as far as it matters to a database that processes share: WAL needs
/// shared memory and locks that every user of the file sees.
package enum FileSystemKind: Hashable, Sendable {
    /// Nothing speaks against it.
    case local
    /// Served by a program or a host (FUSE, 9P): may be local or not; allowed.
    case unknown(name: String)
    /// Shared between machines: refused.
    case network(name: String)

    /// The file system's usual name; "local" where it was not looked at further.
    package var name: String {
        switch self {
        case .local: "local"
        case .unknown(let name), .network(let name): name
        }
    }

    /// The kind for the `f_type` of Linux's statfs(2); only the lower 32 bits count, for some systems extend the sign.
    package init(magicNumber: Int64) {
        self =
            switch UInt32(truncatingIfNeeded: magicNumber) {
            case 0x0000_6969: .network(name: "NFS")
            case 0x0000_517B: .network(name: "SMB")
            case 0xFE53_4D42: .network(name: "SMB2")
            case 0xFF53_4D42: .network(name: "CIFS")
            case 0x0000_564C: .network(name: "NCP")
            case 0x0BD0_0BD0: .network(name: "Lustre")
            case 0x5346_414F, 0x6B41_4653: .network(name: "AFS")
            case 0x7375_7245: .network(name: "Coda")
            case 0x00C3_6400: .network(name: "Ceph")
            case 0x4750_4653: .network(name: "GPFS")
            case 0x0116_1970: .network(name: "GFS2")
            case 0x7461_636F: .network(name: "OCFS2")
            case 0x1983_0326: .network(name: "BeeGFS")
            case 0xAAD7_AAEA: .network(name: "PanFS")
            case 0x6573_5546: .unknown(name: "FUSE")
            case 0x0102_1997: .unknown(name: "9P")
            default: .local
            }
    }

    /// The kind of the file system at `path`, which must exist; `local` where the system does not say.
    package static func probe(_ path: String) -> FileSystemKind {
        #if os(Linux)
            var status = statfs()
            guard statfs(path, &status) == 0 else { return .local }
            return FileSystemKind(magicNumber: Int64(status.f_type))
        #else
            return .local
        #endif
    }
}
