import CacheStore
import Foundation
import HTTPCaching
import HTTPSemantics

/// A cache in a directory of its own, removed when the last reference goes.
final class ScratchCache: Sendable {
    let store: CacheStore
    private let directory: String

    init(memoryTierBytes: Int = 0) throws {
        let parent = FileManager.default.temporaryDirectory
        directory = parent.appendingPathComponent("larder-bench-parts-\(UUID().uuidString)").path
        var options = CacheStore.Options()
        options.memoryTierBytes = memoryTierBytes
        store = try CacheStore.open(directory: directory, options: options)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Stores an answer to each request, some of `HeadSamples.answers`, with a body of a kilobyte.
    func fill(_ requests: [RequestHead]) async throws {
        let answers = try SampleRequest.storedAnswers()
        for (number, request) in requests.enumerated() {
            let body = Array("\(number) ".utf8) + Array(repeating: UInt8(ascii: "x"), count: 1000)
            let entry = NewEntry(
                key: StoragePolicy.key(request: request), response: answers[number % answers.count],
                requestTime: HeadSamples.arrival)
            let content = CompleteBody(chunks: [body], digest: BodyDigest.of(body), wireBytes: Int64(body.count))
            _ = try await store.put(entry, content: content)
        }
        try await store.flush()
    }

    /// Requests for pages of 40 sections, in an order that has nothing to do with that of their names.
    static func requests(count: Int, in folder: String) throws -> [RequestHead] {
        try (0..<count).map { number in
            let mixed = number * 7919 % count
            return try SampleRequest.head(path: "/\(folder)/section-\(mixed % 40)/some-article-with-a-name-\(mixed).html")
        }
    }
}
