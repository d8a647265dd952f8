import TestSupport
import Testing

@testable import CrawlPolicy

@Suite struct BudgetNoveltySampleTests {
    private static func values(_ count: Int, seed: UInt64) -> [UInt32] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in UInt32(truncatingIfNeeded: generator.next()) }
    }

    @Test func whileItHasRoomItIsExact() {
        var sample = NoveltySample(capacity: 100)
        #expect(sample.note([1, 2, 3, 4]) == 1)
        #expect(sample.note([3, 4, 5, 6]) == 0.5)
        #expect(sample.note([1, 2, 5, 6]) == 0)
        #expect(sample.note([] as [UInt32]) == 0)
        #expect(sample.note([7, 7, 7, 7]) == 0.25)
    }

    @Test func whatWasSeenIsNeverNew() {
        var sample = NoveltySample(capacity: 64)
        let values = Self.values(10_000, seed: 1)
        _ = sample.note(values)
        #expect(sample.count == 64)
        for value in values { #expect(sample.note([value]) == 0) }
    }

    /// On average, what it says of pages that are new by a share is that share, after any number of pages.
    @Test(arguments: [1.0, 0.5, 0.125]) func itIsRightOnAverage(share: Double) {
        var generator = SplitMix64(seed: 2)
        var sample = NoveltySample(capacity: 512)
        let frame = Self.values(32, seed: 3)
        let new = Int(32 * share)
        var sum = 0.0
        for _ in 0..<50_000 {
            sum += sample.note(frame[new...] + (0..<new).map { _ in UInt32.random(in: 0...(.max), using: &generator) })
        }
        #expect(abs(sum / 50_000 - share) < share * 0.2, "\(sum / 50_000)")
    }

    @Test func bothTogether() {
        let (first, second) = (Self.values(3_000, seed: 4), Self.values(3_000, seed: 5))
        var (one, other, both) = (NoveltySample(capacity: 100), NoveltySample(capacity: 100), NoveltySample(capacity: 100))
        _ = one.note(first)
        _ = other.note(second)
        _ = both.note(first + second)
        one.merge(bytes: other.bytes)
        #expect(one == both)
        other.merge(bytes: other.bytes)
        #expect(other.count == 100)
    }

    @Test func bytesOfAnyContentDoNoHarm() {
        var sample = NoveltySample(capacity: 4)
        sample.merge(bytes: [255, 255, 255, 255, 0, 0, 0, 0, 1, 2, 3])
        #expect(sample.bytes == [0, 0, 0, 0, 255, 255, 255, 255])
        sample.merge(bytes: [UInt8](repeating: 9, count: 1_000))
        #expect(sample.count == 3)
    }
}
