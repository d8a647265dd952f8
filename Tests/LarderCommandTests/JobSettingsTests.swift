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

@Suite struct WorkingDirectoryTests {
    @Test func `a relative path counts from the present directory`() throws {
        #expect(try WorkingDirectory.absolute("/a/b") == "/a/b")
        let directory = try #require(WorkingDirectory.path)
        #expect(try WorkingDirectory.absolute("./c") == (directory == "/" ? "" : directory) + "/./c")
    }
}
