import TestSupport
import Testing

@testable import CacheStore

/// The set of known URLs: in memory, in batches, and in its table.
@Suite struct FrontierSeenTests {
    @Test func aSetHoldsWhatWasPutIn() {
        var generator = SplitMix64(seed: 1)
        var (set, model) = (FingerprintSet(), Set<Int64>())
        // Small numbers lie side by side, and 0 is one of them.
        for _ in 0..<20_000 {
            let number = generator.next() & 1 == 0 ? Int64(bitPattern: generator.next()) : Int64(generator.next() % 5000)
            #expect(set.insert(number) == model.insert(number).inserted)
        }
        #expect(set.count == model.count && set.sorted() == model.sorted())
        for number in model { #expect(set.contains(number)) }
        for _ in 0..<1000 {
            let number = Int64(bitPattern: generator.next())
            #expect(set.contains(number) == model.contains(number))
        }
        #expect(!FingerprintSet().contains(0))
    }

    @Test func theTableOfKnownOnesNeverTellsOfOneThatIsNot() {
        let known = KnownFingerprints(byteCount: 1024)
        var (generator, model) = (SplitMix64(seed: 2), Set<UInt64>())
        #expect(!known.contains(0))
        for _ in 0..<10_000 {
            let number = generator.next() % 4000
            if known.contains(number) { #expect(model.contains(number)) }
            known.note(number)
            model.insert(number)
            #expect(known.contains(number) || number == 0)
        }
        known.forgetAll()
        for number in model { #expect(!known.contains(number)) }
    }

    /// With so small a bound most of them go through several merges, each in many slices.
    @Test(arguments: [1, 50, 30_000])
    func everyURLIsNewOnce(limit: Int) async throws {
        let directory = try TemporaryDirectory()
        let stores = try (0..<2).map { _ in
            try directory.openJob {
                $0.recentLimit = limit
                $0.knownBytes = 1024
            }
        }
        var generator = SplitMix64(seed: 3)
        var model: Set<Int> = []
        for round in 0..<60 {
            let numbers = (0..<1500).map { _ in Int(generator.next() % 60_000) }
            model.formUnion(numbers)
            try await stores[round % 2].addAll(numbers.map { makeURL($0) })
            #expect(try await stores[round % 2].counts().known == Int64(model.count))
        }
        try directory.checkJob()
        // What is read anew is the same.
        for store in stores { await store.close() }
        let again = try directory.openJob { $0.recentLimit = limit }
        try await again.addAll(model.map { makeURL($0) })
        #expect(try await again.counts().known == Int64(model.count))
        #expect(try directory.jobInteger("SELECT merged_batch_id > 0 FROM progress") == 1)
        await again.close()
    }

    @Test func aFingerprintOfZeroIsOneLikeOthers() async throws {
        let directory = try TemporaryDirectory()
        let store = try directory.openJob()
        let urls = [0, UInt64(Int64.max), UInt64(bitPattern: .min), .max].map {
            FrontierURL(url: "http://a.example/\($0)", authority: "http://a.example", fingerprint: $0)
        }
        for _ in 0..<3 { try await store.addAll(urls) }
        #expect(try await store.counts().known == 4)
        try directory.checkJob()
        await store.close()
    }
}
