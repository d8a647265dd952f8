import HTTPSemantics
import Testing

@testable import CacheStore

/// Settings, limits and collections of garbage, on the store itself.
@Suite struct UpkeepTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func settingsThatAreChangedAtTheSameMomentAllCount() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let other = try CacheStore.open(directory: directory.cache)
        for round in 1...8 {
            let number = Int64(round)
            async let size = store.changeSettings { $0.maximumBytes = (100 + number) << 20 }
            async let age = other.changeSettings { $0.maximumAgeSeconds = 1000 + number }
            _ = try await (size, age)
            #expect(
                try await store.settings() == StoreSettings(maximumBytes: (100 + number) << 20, maximumAgeSeconds: 1000 + number))
        }
        #expect(await storeError { try await store.changeSettings { $0.maximumBytes = 5 } }?.code == .invalidArgument)
        #expect(try await other.settings().maximumBytes == 108 << 20)
        await store.close()
        await other.close()
    }
}
