import Larder
import TestOrigin
import TestSupport
import Testing

/// A directory for caches and an origin, both of one test.
struct Surroundings: Sendable {
    let directory: TemporaryDirectory
    let origin: TestOrigin

    /// Where the test's cache lies.
    var cacheDirectory: String { directory.file("cache") }

    /// A further cache on the same directory.
    func open(_ change: (inout Cache.Configuration) -> Void = { _ in }) async throws -> Cache {
        var configuration = Cache.Configuration(directory: cacheDirectory)
        change(&configuration)
        return try await Cache.open(configuration)
    }
}

/// Runs a test with a cache and an origin of its own, and tidies up after it.
func withCache(_ body: (Cache, TestOrigin, Surroundings) async throws -> Void) async throws {
    let surroundings = Surroundings(directory: try TemporaryDirectory(), origin: try await TestOrigin.start())
    let result: Result<Void, any Error>
    do {
        let cache = try await surroundings.open()
        do { result = .success(try await body(cache, surroundings.origin, surroundings)) } catch { result = .failure(error) }
        try? await cache.close()
    } catch {
        result = .failure(error)
    }
    await surroundings.origin.stop()
    try result.get()
}

/// What a call ends with where it fails.
func failure(_ body: () async throws -> Void) async -> LarderError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? LarderError
    }
}

/// Waits for something that others bring about; the bound is only for a test that fails.
func eventually(_ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while !(try await condition()) {
        try #require(ContinuousClock.now < end, "what was waited for did not come")
        try await Task.sleep(for: .milliseconds(2))
    }
}

extension Response {
    /// The content as text.
    var text: String {
        get async throws { String(decoding: try await body.collect(upTo: 1 << 20), as: UTF8.self) }
    }
}

extension Entry {
    /// The content as text.
    var text: String {
        get async throws { String(decoding: try await body.collect(upTo: 1 << 20), as: UTF8.self) }
    }
}
