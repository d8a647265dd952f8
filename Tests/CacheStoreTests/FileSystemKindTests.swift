import Testing

@testable import CacheStore

@Suite struct FileSystemKindTests {
    @Test(
        arguments: [
            (0x6969, "NFS"), (0x517B, "SMB"), (0xFE53_4D42, "SMB2"), (0xFF53_4D42, "CIFS"), (0x0BD0_0BD0, "Lustre"),
            (0x5346_414F, "AFS"), (0x00C3_6400, "Ceph"), (0x4750_4653, "GPFS"), (0x0116_1970, "GFS2"),
        ] as [(Int64, String)])
    func networkFileSystems(magicNumber: Int64, name: String) {
        #expect(FileSystemKind(magicNumber: magicNumber) == .network(name: name))
    }

    @Test func signExtendedNumbersAreTheSame() {
        #expect(FileSystemKind(magicNumber: Int64(Int32(bitPattern: 0xFF53_4D42))) == .network(name: "CIFS"))
    }

    @Test func whatMayBeLocalIsAllowed() {
        #expect(FileSystemKind(magicNumber: 0x6573_5546) == .unknown(name: "FUSE"))
        #expect(FileSystemKind(magicNumber: 0x0102_1997) == .unknown(name: "9P"))
    }

    @Test(arguments: [0xEF53, 0x9123_683E, 0x5846_5342, 0x0102_1994, 0x794C_7630, 0x2FC1_2FC1] as [Int64])
    func localFileSystems(magicNumber: Int64) {
        #expect(FileSystemKind(magicNumber: magicNumber) == .local)
    }

    @Test func theProbeKnowsProcAsLocal() {
        #expect(FileSystemKind.probe("/proc") == .local)
        #expect(FileSystemKind.probe("/no/such/place") == .local)
    }
}
