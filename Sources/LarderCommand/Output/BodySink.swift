import CachingClient
import ContentCoding
import HTTPSemantics

/// Takes a body as it comes, decodes it and writes it where it shall go. On a terminal it is escaped.
actor BodySink {
    /// Where a body goes.
    enum Destination {
        case stream(OutputStream)
        case file(OutputFile)
        case nowhere
    }

    private let destination: Destination
    private let showsHead: Bool
    private let standardOutput: OutputStream
    private let maximumDecodedBytes: Int64
    private let isRaw: Bool
    private var decoder: ContentDecoder?
    private var filter: TerminalFilter?
    /// Why the first write or the decoding failed.
    private(set) var failure: (any Error)?

    /// - Parameters:
    ///   - showsHead: print the head on standard output first.
    ///   - isRaw: leave the codings on.
    init(
        destination: sending Destination, showsHead: Bool, standardOutput: OutputStream, maximumDecodedBytes: Int64,
        isRaw: Bool = false
    ) {
        self.destination = destination
        self.showsHead = showsHead
        self.standardOutput = standardOutput
        self.maximumDecodedBytes = maximumDecodedBytes
        self.isRaw = isRaw
        if case .stream(let stream) = destination, stream.isTerminal { filter = TerminalFilter(keepsLines: true) }
    }

    func receive(_ event: BodyEvent) throws {
        switch event {
        case .head(let preamble): try begin(preamble.head)
        case .bytes(let bytes): try receive(bytes)
        case .spilled, .end: break
        }
    }

    /// Begins a body with its head.
    func begin(_ head: ResponseHead) throws {
        try remembering {
            if showsHead { try writeHead(head) }
            if case .nowhere = destination { return }
            // A part of a coded body can't be decoded by itself.
            let coding = isRaw || head.status == 206 ? nil : head.fields.combined("Content-Encoding")
            decoder = try ContentDecoder(contentEncoding: coding, maximumOutput: maximumDecodedBytes)
        }
    }

    func receive(_ bytes: [UInt8]) throws {
        try remembering {
            decoder?.append(bytes)
            while let chunk = try decoder?.next() { try write(chunk) }
        }
    }

    /// The body is complete: checks that its codings are too, and gives a file its name.
    func finish() throws {
        try remembering {
            try decoder?.finish()
            if let rest = filter?.finish(), !rest.isEmpty { try writePlain(rest) }
            switch destination {
            case .stream(let stream): try stream.flush()
            case .file(let file): try file.publish()
            case .nowhere: break
            }
        }
    }

    /// The body will not become complete: removes what a file has of it.
    func abandon() {
        switch destination {
        case .stream(let stream): try? stream.flush()
        case .file(let file): file.abandon()
        case .nowhere: break
        }
    }

    private func writeHead(_ head: ResponseHead) throws {
        var bytes = HeadText.bytes(head)
        if standardOutput.isTerminal {
            var filter = TerminalFilter(keepsLines: true)
            bytes = filter.filter(bytes) + filter.finish()
        }
        try standardOutput.write(bytes)
    }

    private func write(_ bytes: [UInt8]) throws {
        try writePlain(filter?.filter(bytes) ?? bytes)
    }

    private func writePlain(_ bytes: [UInt8]) throws {
        switch destination {
        case .stream(let stream): try stream.write(bytes)
        case .file(let file): try file.write(bytes)
        case .nowhere: break
        }
    }

    private func remembering(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch let error as CodingError {
            let translated = CommandFailure(decoding: error)
            failure = failure ?? translated
            throw translated
        } catch {
            failure = failure ?? error
            throw error
        }
    }
}

extension CommandFailure {
    /// A body that cannot be decoded.
    init(decoding error: CodingError) {
        switch error {
        case .outputLimit(let limit):
            self.init(
                "the decoded body is larger than \(NumberText.bytes(limit)). Raise --max-decoded if you trust it.",
                exit: ExitStatus(.protocol))
        case .unsupported(let name):
            self.init(
                "the body has the content coding '\(name)', which cannot be undone here. `larder cat --raw` prints it as sent.",
                exit: ExitStatus(.protocol))
        default:
            self.init("the body cannot be decoded: \(error). `larder cat --raw` prints it as sent.", exit: ExitStatus(.protocol))
        }
    }
}
