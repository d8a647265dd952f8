import ArgumentParser
import HTTPSemantics
import Testing

@testable import LarderCommand

/// What a job keeps of its command.
@Suite struct JobSettingsTests {
    @Test func `options that are added count, and stand before the end of the options`() {
        let settings = JobSettings(directory: "/d", arguments: ["-r", "--cache", "old", "--", "http://a/"])
        #expect(settings.arguments(with: ["--cache", "/new"]) == ["-r", "--cache", "old", "--cache", "/new", "--", "http://a/"])
        #expect(
            JobSettings(directory: "/d", arguments: ["http://a/"]).arguments(with: ["--json"]) == ["http://a/", "--json"])
    }

    @Test func `the text gives the settings back`() {
        let settings = JobSettings(directory: "/a\\b\nc", arguments: ["", "a\nb", "\\n", "http://a/"])
        #expect(JobSettings(settings.text) == settings)
    }
}

/// What of a command line is never written down.
@Suite struct UnsecretArgumentsTests {
    /// What is kept of a command line, told apart as the program does.
    private func kept(_ arguments: [String]) throws -> [String] {
        let crawl = try Crawl.parse(arguments)
        return UnsecretArguments(urls: crawl.input.urls, headers: crawl.request.header).of(arguments)
    }

    @Test(arguments: [
        ["-H", "Authorization: Bearer secret"], ["--header", "Cookie: a=secret"], ["--header=Authorization: Basic secret=="],
        ["-rH", "Authorization: Bearer secret"], ["-Hr", "Authorization:secret"], ["-H=X-Api-Key: secret"],
        ["-H", "proxy-authorization: secret"], ["-H", "X-Api-Key: secret"], ["-H", "PRIVATE-TOKEN: secret"],
        ["-qrpH", "X-Amz-Security-Token: secret"], ["-HH", "Cookie: secret", "X-Auth: secret"],
    ])
    func `the value of a field that may be a secret is not kept, wherever it stands`(options: [String]) throws {
        let kept = try kept(options + ["--recursive", "--", "http://a/"])
        #expect(!kept.joined(separator: "\n").contains("secret"))
        // It is the same crawl but for that.
        let crawl = try Crawl.parse(kept)
        #expect(crawl.recursion.recursive && crawl.input.urls == ["http://a/"])
        #expect(try crawl.request.fields == Crawl.parse(["http://a/"]).request.fields)
    }

    @Test func `a field that is none of these is kept`() throws {
        let arguments = ["-H", "Accept-Language: de", "--header=User-Agent: a=b", "-H", "X-Nothing:", "http://a/"]
        #expect(try kept(arguments) == arguments)
    }

    @Test func `what is missing is named, unless it is given again`() throws {
        let headers = ["Authorization:", "X-Api-Key:", "Accept:", "Accept-Language: de", "X-Api-Key: again"]
        #expect(UnsecretArguments.missingFields(of: headers, given: []) == ["Authorization", "X-Api-Key"])
        #expect(UnsecretArguments.missingFields(of: headers, given: ["x-api-key: again"]) == ["Authorization"])
        let fields = try Crawl.parse(["-H", "Authorization:", "-H", "Authorization: again", "http://a/"]).request.fields
        #expect(fields.values("Authorization") == ["again"])
    }

    @Test(arguments: [
        ("http://me:secret@a/x", "http://a/x"), ("https:\\\\me:secret@a/x", "https://a/x"), ("me:secret@a/x", "a/x"),
        ("ftp://me:secret@a/x", "a/x"), ("http//me:secret@a/x", "a/x"), ("http://a/@x", "http://a/@x"), ("http://A", "http://A"),
    ])
    func `user and password of a URL are not kept`(url: String, kept expected: String) throws {
        #expect(try kept(["-r", url]) == ["-r", expected])
        #expect(try kept(["-r", "--", url]) == ["-r", "--", expected])
    }

    @Test func `nor are they in the value of an option`() throws {
        let kept = try kept(["-i", "http://me:secret@a/x", "--input-file=http://me:secret@a/x"])
        #expect(kept == ["-i", "http://a/x", "--input-file=http://a/x"])
    }
}

@Suite struct WorkingDirectoryTests {
    @Test func `a relative path counts from the present directory`() throws {
        #expect(try WorkingDirectory.absolute("/a/b") == "/a/b")
        let directory = try #require(WorkingDirectory.path)
        #expect(try WorkingDirectory.absolute("./c") == (directory == "/" ? "" : directory) + "/./c")
    }
}
