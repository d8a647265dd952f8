import CacheStore
import HTTPCaching
import HTTPSemantics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes entries into a cache until there are enough or it is killed, and prints the number of each once it is committed:
/// the other process of the store's tests. Arguments: directory, host label, number of entries, and perhaps how many keys to
/// write in turn; without that each entry has a key of its own.
@main
struct CacheStoreTestWriter {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard (4...5).contains(arguments.count), let count = Int(arguments[3]) else { exit(2) }
        let keys = arguments.count == 5 ? Int(arguments[4]) ?? 1 : Int.max
        let store = try CacheStore.open(directory: arguments[1])
        // Never finished: what a kill leaves behind.
        let unfinished = try await store.stageBody()
        for number in 0..<count {
            let entry = try makeEntry("http://\(arguments[2]).example/\(number % keys)", number)
            let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 2000 + number)
            let handle: CommitHandle
            if number % 10 == 0 {
                let staging = try await store.stageBody()
                for _ in 0..<200 { try await staging.append(bytes) }
                var digest = BodyDigest()
                for _ in 0..<200 { digest.update(bytes) }
                handle = try await staging.publish(
                    entry, digest: digest.finalized(), wireBytes: Int64(bytes.count * 200), coding: .asReceived)
                try await unfinished.append(bytes)
            } else {
                handle = try await store.put(
                    entry,
                    content: CompleteBody(chunks: [bytes], digest: BodyDigest.of(bytes), wireBytes: Int64(bytes.count)))
            }
            handle.whenDone { result in
                guard case .success = result else { exit(1) }
                let line = Array("\(number)\n".utf8)
                _ = write(1, line, line.count)
            }
        }
        unfinished.abandon()
        try await store.flush()
        await store.close()
    }

    private static func makeEntry(_ text: String, _ number: Int) throws -> NewEntry {
        guard let url = WebURL(text) else { exit(2) }
        let now = CacheStore.systemTime()
        let freshness = Freshness(responseTime: now, initialAge: 0, lifetime: 60, source: .maxAge, demands: [])
        return NewEntry(
            key: CacheKey(url),
            response: StoredResponse(
                head: ResponseHead(status: 200, fields: ["Content-Type": "text/plain", "Number": String(number)]),
                freshness: freshness),
            requestTime: now)
    }
}
