import CacheStore
import Testing

@testable import LarderCommand

/// The text of a job's settings, and the names of jobs that were given none.
@Suite struct JobTextFormTests {
    @Test(arguments: [
        [], [""], ["", ""], ["a", "b c"], ["a\nb"], ["a\\nb", "\\", "\\\\n"], ["a\r", "b"], ["a\r\nb", "\r", "\n"],
        ["é\u{301}", "日本"],
        ["-H", "A: \t"],
    ])
    func `the text is read again`(arguments: [String]) throws {
        for directory in ["/", "/home/me/a b", "/new\nline", "/end\r"] {
            let settings = JobSettings(directory: directory, arguments: arguments)
            let again = try #require(JobSettings(settings.text))
            #expect(again.directory.utf8.elementsEqual(directory.utf8))
            #expect(again.arguments.map { Array($0.utf8) } == arguments.map { Array($0.utf8) })
        }
    }

    @Test func `a job without a directory has no settings`() {
        #expect(JobSettings("") == nil && JobSettings("\n-r") == nil)
        #expect(JobSettings("/x") == JobSettings(directory: "/x", arguments: []))
    }

    @Test func `the same command finds its job again`() throws {
        let name = try #require(JobSettings.name(firstURL: "https://user:s3cret@Docs.example.com:81/x", deciding: ["a", "b"]))
        #expect(name.text.hasPrefix("docs.example.com-"))
        #expect(JobSettings.name(firstURL: "https://docs.example.com/", deciding: ["a", "b"]) == name)
        for other in [["a"], ["ab"], ["b", "a"], ["a", "b", ""]] {
            #expect(JobSettings.name(firstURL: "https://docs.example.com/", deciding: other) != name)
        }
    }

    @Test(
        arguments: [
            (nil, "list-"), ("no url", "list-"), ("http://[::1]/", "___1_-"),
            ("http://xn--bcher-kva.example/", "xn--bcher-kva.example-"),
            ("http://" + String(repeating: "a", count: 63) + ".example/", String(repeating: "a", count: 60) + "-"),
        ] as [(String?, String)])
    func `a name is made of what a file's name may have`(url: String?, prefix: String) throws {
        let name = try #require(JobSettings.name(firstURL: url, deciding: []))
        #expect(name.text.hasPrefix(prefix))
    }
}
