import HTTPSemantics
import Testing

@testable import CrawlPolicy

/// SipHash: the key is 00 01 ... 0f and the message 00 01 02 ... of so many bytes, as in the appendix of the paper. The values of
/// SipHash-2-4 are those of its authors; those of 1-3 were computed with OpenSSL.
@Suite struct ScopeSipHashTests {
    private let key = FingerprintKey(low: 0x0706_0504_0302_0100, high: 0x0F0E_0D0C_0B0A_0908)

    private func hash(_ count: Int, rounds: Int, finalRounds: Int) -> UInt64 {
        (0..<count).map { UInt8($0) }.withUnsafeBufferPointer {
            SipHash.hash($0, key: key, rounds: rounds, finalRounds: finalRounds)
        }
    }

    @Test(
        arguments: [
            (0, 0x726F_DB47_DD0E_0E31), (1, 0x74F8_39C5_93DC_67FD), (7, 0xAB02_00F5_8B01_D137), (8, 0x93F5_F579_9A93_2462),
            (15, 0xA129_CA61_49BE_45E5), (63, 0x958A_324C_EB06_4572),
        ] as [(Int, UInt64)])
    func vectorsOf24(count: Int, expected: UInt64) {
        #expect(hash(count, rounds: 2, finalRounds: 4) == expected)
    }

    @Test(
        arguments: [
            (0, 0xABAC_0158_050F_C4DC), (1, 0xC9F4_9BF3_7D57_CA93), (7, 0xD392_7D98_9BB1_1140), (8, 0x3690_9511_8D29_9A8E),
            (15, 0xD320_D86D_2A51_9956), (63, 0x9D19_9062_B7BB_B3A8),
        ] as [(Int, UInt64)])
    func vectorsOf13(count: Int, expected: UInt64) {
        #expect(hash(count, rounds: 1, finalRounds: 3) == expected)
    }

    /// What is stored must be found again by each later version.
    @Test func aFingerprintStaysTheSameForEver() throws {
        let url = try #require(WebURL("https://example.com/a?b=c"))
        #expect(URLFingerprint(of: url, key: key) == URLFingerprint(ofText: "https://example.com/a?b=c", key: key))
        #expect(URLFingerprint(of: url, key: key).rawValue == 0x7F4C_1F61_683D_8D61)
        #expect(URLFingerprint(of: url, key: FingerprintKey(low: 1, high: 2)) != URLFingerprint(of: url, key: key))
    }
}
