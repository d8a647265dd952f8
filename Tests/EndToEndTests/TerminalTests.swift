import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// What people see: progress on a terminal only, and nothing from the network that controls it.
@Suite struct TerminalTests {
    let larder: Larder
    private let larderInTerminal: Larder

    init() throws {
        larder = try Larder()
        var inTerminal = larder
        inTerminal.environment["TERM"] = "xterm"
        larderInTerminal = inTerminal
    }

    @Test func progressIsRedrawnInPlaceOnATerminal() async throws {
        try await withOrigin { origin in
            for number in 0..<12 {
                origin.script("/\(number)", ScriptedResponse(body: .bytes([1]), delay: .milliseconds(60)))
            }
            let list = try larder.directory.write((0..<12).map { origin.url("/\($0)") + "\n" }.joined(), to: "list")
            let result = try await larderInTerminal.run("crawl", "-i", list, "-j", "1", output: .terminal)
            #expect(result.status == 0)
            #expect(result.text.contains("\r\u{1B}[K"))
            #expect(result.text.contains("miss"))
            // On a pipe there is none of it.
            let piped = try await larderInTerminal.run("crawl", "-i", list, "--reload")
            #expect(piped.errors.isEmpty)
            #expect(!piped.text.contains("\u{1B}"))
        }
    }

    @Test(arguments: [["NO_COLOR": "1"], ["TERM": "dumb"]])
    func colourCanBeTurnedOff(environment: [String: String]) async throws {
        try await withOrigin { origin in
            origin.script("/gone", .text("gone", status: 404))
            let url = origin.url("/gone")
            let coloured = try await larderInTerminal.run("crawl", url, output: .terminal)
            #expect(coloured.text.contains("\u{1B}[31m"))
            var plain = larderInTerminal
            plain.environment.merge(environment) { $1 }
            let result = try await plain.run("crawl", url, output: .terminal)
            #expect(!result.text.contains("\u{1B}[31m"))
            let never = try await larderInTerminal.run("crawl", "--color", "never", url, output: .terminal)
            #expect(!never.text.contains("\u{1B}[31m"))
        }
    }

    private static let hostile = "a\u{1B}[2J\u{1B}]0;owned\u{7}b\u{9B}c"

    @Test func nothingFromTheNetworkControlsATerminal() async throws {
        try await withOrigin { origin in
            let head =
                "HTTP/1.1 200 \u{1B}[2JOK\r\nContent-Type: text/plain\r\nX-Bad: x\u{1B}[2Jy\u{9B}z\r\nETag: \"\u{1B}[2J\"\r\n"
            origin.script("/a", .raw(head + "Content-Length: \(Self.hostile.utf8.count)\r\n\r\n\(Self.hostile)"))
            origin.script("/b", .text(Self.hostile, fields: ["Cache-Control": "max-age=60"]))
            let urls = [origin.url("/a"), origin.url("/b")]
            for url in urls { _ = try await larder.run("crawl", "--retry", "0", url) }
            for arguments in [
                ["get", "-i", urls[0]], ["get", urls[1]], ["get", "-I", urls[0]], ["show", urls[0]], ["show", urls[1]],
                ["cat", "--head", urls[1]], ["cat", urls[1]], ["ls"], ["ls", "-l"], ["crawl", "-v", urls[0]],
            ] {
                let result = try await larderInTerminal.run(arguments, output: .terminal)
                #expect(!result.text.contains("\u{1B}[2J"), "\(arguments)")
                #expect(!result.text.contains("\u{1B}]0"), "\(arguments)")
                #expect(!result.text.unicodeScalars.contains("\u{9B}"), "\(arguments)")
                #expect(!result.text.contains("\u{7}"), "\(arguments)")
            }
            // To a file a body goes as it is.
            #expect(try await larder.cat(urls[1]) == Array(Self.hostile.utf8))
        }
    }

    @Test func nothingFromAListControlsATerminal() async throws {
        let list = try larder.directory.write("not a url \(Self.hostile)\n", to: "list")
        let result = try await larderInTerminal.run("crawl", "-i", list, output: .terminal)
        #expect(result.status == 1)
        #expect(result.text.contains("not a url"))
        #expect(!result.text.contains("\u{1B}[2J") && !result.text.contains("\u{7}"))
        // Nor into the log of a cron job.
        let piped = try await larder.run("crawl", "-i", list)
        #expect(!piped.errors.contains("\u{1B}"))
    }

    @Test func stdoutThatIsFullIsAFileError() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text(String(repeating: "a", count: 100_000)))
            let url = origin.url("/a")
            let result = try await Program.run(
                "sh", ["-c", "'\(Larder.program)' get --cache '\(larder.cache)' '\(url)' > /dev/full"])
            #expect(result.status == 3)
            #expect(result.errors.contains("No space left"))
        }
    }
}
