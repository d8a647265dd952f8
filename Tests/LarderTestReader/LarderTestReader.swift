import Larder

/// Reads one URL through the library, as a program of its own: `LarderTestReader DIRECTORY URL [late]`. Prints where the answer came from,
/// and how many bytes it has. With `late` it begins to read when the whole answer lies in the cache.
@main
enum LarderTestReader {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 2 else { return print("usage: LarderTestReader DIRECTORY URL [late]") }
        try await Cache.withCache(Cache.Configuration(directory: arguments[1])) { cache in
            let response = try await cache.fetch(arguments[2])
            if arguments.last == "late" {
                while try await cache.entry(for: arguments[2]) == nil { try await Task.sleep(for: .milliseconds(5)) }
            }
            var count = 0
            for try await piece in response.body { count += piece.count }
            print(response.source.rawValue, response.status, count)
        }
    }
}
