import CachingClient
import ContentCoding
import Dispatch
import HTTPSemantics
import TestSupport
import Testing

@testable import LarderCommand

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct OutputFileTests {
    private func text(_ path: String) throws -> String {
        String(decoding: try FileDescriptor.readFile(path, limit: 1 << 20), as: UTF8.self)
    }

    @Test func `a file appears when it is complete, and leaves nothing beside it`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("old", to: "page")
        let file = try OutputFile(path: directory.file("page"))
        try file.write(Array("new".utf8))
        #expect(try text(directory.file("page")) == "old")
        try file.publish()
        #expect(try text(directory.file("page")) == "new")
        #expect(directory.names == ["page"])
    }

    @Test func `what is abandoned leaves the old file`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("old", to: "page")
        try OutputFile(path: directory.file("page")).write(Array("half".utf8))
        #expect(try text(directory.file("page")) == "old")
        #expect(directory.names == ["page"])
    }

    @Test func `a symbolic link stays and its target is replaced`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("old", to: "target")
        #expect(symlink("target", directory.file("link")) == 0)
        let file = try OutputFile(path: directory.file("link"))
        try file.write(Array("new".utf8))
        try file.publish()
        #expect(try text(directory.file("target")) == "new")
        var status = stat()
        #expect(lstat(directory.file("link"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    }

    @Test func `a device is written to and not replaced`() throws {
        let file = try OutputFile(path: "/dev/null")
        try file.write([1, 2, 3])
        try file.publish()
        var status = stat()
        #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    }

    @Test func `a directory that is not there is a file error`() throws {
        let directory = try TemporaryDirectory()
        let failure = #expect(throws: CommandFailure.self) { try OutputFile(path: directory.file("none/page")) }
        #expect(failure?.exit == .fileIO)
    }
}

@Suite struct OutputStreamTests {
    /// A pipe: what is written to `output` can be read from `input`.
    private struct Pipe {
        let input: Int32
        let output: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { throw Program.Failure.system("pipe", errno) }
            (input, output) = (ends[0], ends[1])
        }

        /// Begins at once to read until the other end is closed, on a thread that may block; gives one element, the whole.
        func contents() -> AsyncStream<[UInt8]> {
            let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
            DispatchQueue(label: "pipe").async {
                continuation.yield(((try? FileDescriptor.readAll(input, path: "pipe", limit: 1 << 24)) ?? nil) ?? [])
                continuation.finish()
            }
            return stream
        }
    }

    @Test(arguments: [OutputStream.Mode.direct, .background])
    func `lines come whole and in order`(mode: OutputStream.Mode) async throws {
        let pipe = try Pipe()
        let reading = pipe.contents()
        let stream = OutputStream(descriptor: pipe.output, name: "pipe", mode: mode)
        let lines = (0..<20_000).map { "line \($0) \(String(repeating: "x", count: $0 % 100))" }
        for line in lines { try stream.writeLine(line) }
        try stream.flush()
        close(pipe.output)
        var bytes: [UInt8] = []
        for await whole in reading { bytes += whole }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text == lines.map { $0 + "\n" }.joined())
        close(pipe.input)
    }

    @Test func `in the background a line comes without a flush`() async throws {
        let pipe = try Pipe()
        let stream = OutputStream(descriptor: pipe.output, name: "pipe", mode: .background)
        try stream.writeLine("soon")
        var poller = pollfd(fd: pipe.input, events: Int16(POLLIN), revents: 0)
        #expect(poll(&poller, 1, 10_000) == 1)
        close(pipe.input)
        close(pipe.output)
    }

    @Test func `a reader that has gone ends the command quietly`() throws {
        SignalWatch.ignoreBrokenPipes()
        let pipe = try Pipe()
        close(pipe.input)
        let stream = OutputStream(descriptor: pipe.output, name: "pipe")
        try stream.writeLine("lost")
        #expect(throws: QuietExit(status: .success)) { try stream.flush() }
        #expect(throws: QuietExit(status: .success)) { try stream.writeLine("more") }
        close(pipe.output)
    }

    @Test func `a full device is a file error`() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        try #require(descriptor >= 0)
        let stream = OutputStream(descriptor: descriptor, name: "standard output")
        try stream.writeLine("lost")
        let failure = #expect(throws: CommandFailure.self) { try stream.flush() }
        #expect(failure?.exit == .fileIO)
        close(descriptor)
    }
}

@Suite struct BodySinkTests {
    private func received(_ head: ResponseHead, _ pieces: [[UInt8]], isRaw: Bool = false, limit: Int64 = 1 << 20) async throws
        -> [UInt8]
    {
        let directory = try TemporaryDirectory()
        let path = directory.file("body")
        let sink = BodySink(
            destination: .file(try OutputFile(path: path)), showsHead: false, standardOutput: .standardOutput(),
            maximumDecodedBytes: limit, isRaw: isRaw)
        do {
            try await sink.begin(head)
            for piece in pieces { try await sink.receive(.bytes(piece)) }
            try await sink.finish()
        } catch {
            await sink.abandon()
            #expect(directory.names.isEmpty)
            throw error
        }
        return try FileDescriptor.readFile(path, limit: 1 << 20)
    }

    private static let text = Array(String(repeating: "larder ", count: 1000).utf8)

    private func gzipped() throws -> [UInt8] {
        try Deflater.deflated(Self.text, level: 6)
    }

    @Test func `a body is decoded piece by piece`() async throws {
        let bytes = try gzipped()
        let pieces = bytes.map { [$0] }
        #expect(try await received(ResponseHead(status: 200, fields: ["Content-Encoding": "gzip"]), pieces) == Self.text)
        #expect(try await received(ResponseHead(status: 200), [Self.text]) == Self.text)
    }

    @Test func `raw leaves the coding on`() async throws {
        let bytes = try gzipped()
        #expect(try await received(ResponseHead(status: 200, fields: ["Content-Encoding": "gzip"]), [bytes], isRaw: true) == bytes)
    }

    @Test func `a body that is cut short, too large or of an unknown coding leaves no file`() async throws {
        let head = ResponseHead(status: 200, fields: ["Content-Encoding": "gzip"])
        let bytes = try gzipped()
        let failures: [(ResponseHead, [UInt8], Int64)] = [
            (head, Array(bytes.dropLast(4)), 1 << 20), (head, bytes, 100),
            (head, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 1 << 20),
            (ResponseHead(status: 200, fields: ["Content-Encoding": "br"]), bytes, 1 << 20),
        ]
        for (head, bytes, limit) in failures {
            let failure = await #expect(throws: CommandFailure.self) { try await received(head, [bytes], limit: limit) }
            #expect(failure?.exit.rawValue == 7)
        }
    }
}
