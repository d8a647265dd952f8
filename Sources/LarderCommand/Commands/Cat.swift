import ArgumentParser
import CacheStore
import CachingClient
import HTTPCaching

/// `larder cat`: a stored body.
struct Cat: Subcommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a stored body, decoded; never touches the network.",
        discussion: """
            Where several responses are stored for a URL (Vary), the latest one is printed. A URL that is not in the cache ends \
            with exit code 20.

            Examples:
              larder cat https://example.com/ | less
              larder cat --raw https://example.com/data.json.gz > data.json.gz
            """)

    @Argument(help: ArgumentHelp("An http or https URL.", valueName: "url"))
    var url: String

    @Flag(inversion: .prefixedNo, help: "Print the bytes as the server sent them, Content-Encoding still on.")
    var raw = false

    @Flag(inversion: .prefixedNo, help: "Print the head of the response before the body.")
    var head = false

    @Option(help: ArgumentHelp("Give up when the decoded body grows beyond this: 500k, 20M, 4G.", valueName: "size"))
    var maxDecoded = ByteSize(bytes: 64 << 30)

    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func validate() throws {
        if shared.json {
            throw ValidationError("A body is no JSON object: leave out --json. `larder show --json` describes the entry.")
        }
    }

    func run() async throws {
        let store = try StoredEntries.open(shared)
        let variants = try await StoredEntries.variants(of: url, in: store)
        guard let entry = variants.first else { return }
        let output = OutputStream.standardOutput()
        let sink = BodySink(
            destination: .stream(output), showsHead: head, standardOutput: output, maximumDecodedBytes: maxDecoded.bytes, isRaw: raw
        )
        do {
            try await sink.begin(entry.response.head)
            let reader = try WireBodyReader(entry.body, in: store)
            while let chunk = try await reader.next() { try await sink.receive(chunk) }
            try await sink.finish()
        } catch {
            // What was read correctly is printed before the failure is.
            await sink.abandon()
            throw error
        }
        await store.close()
    }
}
