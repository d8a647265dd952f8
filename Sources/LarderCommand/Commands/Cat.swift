import ArgumentParser
import CacheStore
import CachingClient
import HTTPCaching

/// `larder cat`: a stored body.
struct Cat: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        abstract: "Print a stored body, decoded; never touches the network.",
        discussion: """
            Where several responses are stored for a URL (Vary), the latest one is printed. A URL that is not in the cache ends \
            with exit code 20, and so does one of which only a part is stored.

            Examples:
              larder cat https://example.com/ | less
              larder cat --raw https://example.com/data.json.gz > data.json.gz
            """)

    @Argument(help: ArgumentHelp("An http or https URL.", valueName: "url"))
    var url: String

    @Flag(inversion: .prefixedNo, help: "Print the bytes as the server sent them, Content-Encoding still on.")
    var raw = false

    @Flag(
        inversion: .prefixedNo,
        help: "Print what is held of a response that is stored in part: its ranges one after another, as with --raw.")
    var partial = false

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
        let store = try CacheStore.openExisting(directory: shared.cacheDirectory(), options: StoredUse.options)
        let variants = try await StoredEntries.variants(of: url, in: store)
        let entry = try entry(of: variants)
        let output = OutputStream.standardOutput()
        let sink = BodySink(
            destination: .stream(output), showsHead: head, standardOutput: output, maximumDecodedBytes: maxDecoded.bytes,
            isRaw: raw || entry.response.heldRanges != nil)
        do {
            try await sink.begin(entry.response.head)
            let reader = try WireBodyReader(entry.body, in: store)
            while let chunk = try await reader.next() { try await sink.receive(chunk) }
            try await sink.finish()
        } catch {
            // What was read correctly is printed before the failure is.
            await sink.abandon()
            // What was noted of damage is written.
            await store.close()
            throw error
        }
        await StoredUse.note(entry, in: store, now: SystemClock.now())
        await store.close()
    }

    /// The latest response that is held whole; with `partial` the latest one of all.
    private func entry(of variants: [StoredEntry]) throws -> StoredEntry {
        if let entry = variants.first(where: { partial || $0.response.heldRanges == nil }) { return entry }
        let held = variants.first?.response.heldRanges.flatMap(HeldRanges.init)?.sentence ?? "a part"
        throw CommandFailure(
            "\(try URLArgument.shown(url, as: URLArgument.parse(url))): only \(held) is in the cache. Fetch the rest with `larder get`, or print the part with --partial.",
            exit: .notInCache)
    }
}
