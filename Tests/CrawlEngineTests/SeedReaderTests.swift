import Foundation
import TestSupport
import Testing

@testable import CrawlEngine

@Suite struct SeedReaderTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func read(_ inputs: [SeedInput], atMost limit: Int = SeedReader.batchLines) async throws -> [SeedLine] {
        let reader = SeedReader(inputs)
        var lines: [SeedLine] = []
        while let batch = try await reader.next(atMost: limit) {
            #expect(!batch.isEmpty && batch.count <= limit)
            lines += batch
        }
        return lines
    }

    @Test func linesOfAFile() async throws {
        let path = try directory.write("\u{FEFF}http://a/\r\n\r\n# comment\n  http://b/ \t\n#http://c/\n\nhttp://d/", to: "list")
        let lines = try await read([.file(path)])
        #expect(
            lines == [
                SeedLine(text: "http://a/", source: path, line: 1), SeedLine(text: "http://b/", source: path, line: 4),
                SeedLine(text: "http://d/", source: path, line: 7),
            ])
    }

    @Test(arguments: ["", "\n", "\n\n\n", "# only\n#comments", "\u{FEFF}"])
    func filesWithoutAURL(_ text: String) async throws {
        let empty = try directory.write(text, to: "empty")
        let full = try directory.write("http://a/\n", to: "full")
        #expect(try await read([.file(empty), .file(full), .file(empty)]).map(\.text) == ["http://a/"])
        #expect(try await read([.file(empty)]).isEmpty)
    }

    @Test(arguments: [1, 3, 256])
    func severalInputsInTheirOrder(_ limit: Int) async throws {
        let first = try directory.write((0..<600).map { "http://a/\($0)\n" }.joined(), to: "first")
        let second = try directory.write("http://b/", to: "second")
        let lines = try await read([.urls(["http://x/", "http://y/"]), .file(first), .urls([]), .file(second)], atMost: limit)
        #expect(
            lines.map(\.text) == ["http://x/", "http://y/"] + (0..<600).map { "http://a/\($0)" } + ["http://b/"])
        #expect(lines.last?.line == 1 && lines[1] == SeedLine(text: "http://y/", source: "argument", line: 2))
    }

    @Test(arguments: [64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 200_000, 1_000_000])
    func longLines(_ length: Int) async throws {
        let long = "http://long/" + String(repeating: "x", count: length - 12)
        let path = try directory.write("http://a/\n\(long)\nhttp://b/\n", to: "list")
        let lines = try await read([.file(path)])
        #expect(lines.map(\.line) == [1, 2, 3])
        #expect(lines[1].isTooLong == (length > SeedReader.maximumLineBytes))
        #expect(lines[1].text == (lines[1].isTooLong ? String(long.prefix(200)) : long))
        #expect(lines[2].text == "http://b/")
    }

    @Test func aLongLineAtTheEnd() async throws {
        let path = try directory.write(String(repeating: "x", count: 300_000), to: "list")
        #expect(try await read([.file(path)]).map(\.isTooLong) == [true])
    }

    @Test func linesThatAreCutByTheBlockSize() async throws {
        let urls = (0..<20_000).map { "http://a.example/\(String(repeating: "p", count: $0 % 97))/\($0)" }
        let path = try directory.write(urls.joined(separator: "\n"), to: "list")
        let lines = try await read([.file(path)])
        #expect(lines.map(\.text) == urls && lines.map(\.line) == Array(1...20_000))
    }

    @Test func whatCannotBeRead() async throws {
        let reader = SeedReader([.file(directory.file("missing"))])
        await #expect(throws: CrawlError.self) { try await reader.next() }
        // A directory can be opened, and not read.
        for _ in 0..<3 {
            let reader = SeedReader([.file(directory.path)])
            await #expect(throws: CrawlError.self) { try await reader.next() }
        }
        #expect(!isOpen(directory.path))
    }

    @Test func aPipeGivesWhatIsThere() async throws {
        let path = directory.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        // Both ends, so that neither waits for the other.
        let writer = try #require(FileHandle(forUpdatingAtPath: path))
        let reader = SeedReader([.file(path)])
        writer.write(Data("http://a/\nhttp://b".utf8))
        #expect(try await reader.next()?.map(\.text) == ["http://a/"])
        writer.write(Data("/\nhttp://c/".utf8))
        #expect(try await reader.next()?.map(\.text) == ["http://b/"])
        try writer.close()
        #expect(try await reader.next()?.map(\.text) == ["http://c/"])
        #expect(try await reader.next() == nil)
    }

    @Test func waitingForAPipeCanBeCancelled() async throws {
        let path = directory.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        let writer = try #require(FileHandle(forUpdatingAtPath: path))
        let reader = SeedReader([.file(path), .urls(["http://a/"])])
        async let next = reader.next()
        reader.cancel()
        #expect(try await next == nil)
        try writer.close()
    }

    @Test(.timeLimit(.minutes(1))) func aPipeThatNobodyWritesToCanBeCancelled() async throws {
        let path = directory.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        let reader = SeedReader([.file(path), .urls(["http://a/"])])
        let next = Task { try await reader.next() }
        // Until it has come to the pipe: cancelled before, it would not open it at all.
        while !isOpen(path) { try await Task.sleep(for: .milliseconds(2)) }
        reader.cancel()
        #expect(try await next.value == nil)
    }

    @Test(.timeLimit(.minutes(1))) func aPipeIsNotAtItsEndBeforeItsFirstWriter() async throws {
        let path = directory.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        let reader = SeedReader([.file(path), .urls(["http://b/"])])
        let next = Task { try await reader.next() }
        while !isOpen(path) { try await Task.sleep(for: .milliseconds(2)) }
        // Longer than it takes to look at the pipe several times.
        try await Task.sleep(for: .milliseconds(250))
        let writer = try #require(FileHandle(forWritingAtPath: path))
        writer.write(Data("http://a/\n".utf8))
        #expect(try await next.value?.map(\.text) == ["http://a/"])
        try writer.close()
        #expect(try await reader.next()?.map(\.text) == ["http://b/"])
    }

    @Test(.timeLimit(.minutes(1))) func aPipeWhoseWriterSaysNothingIsEmpty() async throws {
        let path = directory.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        let reader = SeedReader([.file(path), .urls(["http://b/"])])
        let next = Task { try await reader.next() }
        while !isOpen(path) { try await Task.sleep(for: .milliseconds(2)) }
        try #require(FileHandle(forWritingAtPath: path)).close()
        #expect(try await next.value?.map(\.text) == ["http://b/"])

        // As a shell's <(true) gives it: the writer has gone before the pipe is opened by its name.
        let pipe = Pipe()
        try pipe.fileHandleForWriting.close()
        #expect(try await read([.file("/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)")]).isEmpty)
    }

    /// Whether this process has the file open, where the system tells (Linux).
    private func isOpen(_ path: String) -> Bool {
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return descriptors.contains { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path }
    }
}
