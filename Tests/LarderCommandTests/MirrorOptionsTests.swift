import ArgumentParser
import HTTPTransport
import Testing

@testable import LarderCommand

@Suite struct MirrorOptionsTests {
    @Test func `the mirror of a port goes before that of any port`() throws {
        let mirrors = try Crawl.parse(["http://a/", "--mirror", "a=b,c:81*3", "--mirror", "a:8080=d", "--balance", "hash"]).mirrors
            .all
        #expect(mirrors.map(\.host) == ["a", "a"])
        #expect(mirrors.map(\.port) == [8080, nil])
        #expect(mirrors.last?.group.members.map(\.label) == ["b", "c:81"])
        #expect(mirrors.last?.group.members.map(\.weight) == [1, 3])
        #expect(mirrors.allSatisfy { $0.group.method == .hash })
    }

    @Test func `requests take turns unless told otherwise`() throws {
        #expect(try Get.parse(["http://a/", "--mirror", "a=b"]).mirrors.all.first?.group.method == .roundRobin)
        #expect(try Get.parse(["http://a/"]).mirrors.all.isEmpty)
    }

    @Test(arguments: [
        ["get", "http://a/", "--mirror", "a"], ["crawl", "http://a/", "--mirror", "a=b", "--mirror", "A=c"],
        ["get", "http://a/", "--balance", "luck"], ["explain"], ["explain", "--reasons", "http://a/"],
    ])
    func `what cannot be meant is a usage error`(arguments: [String]) {
        #expect(throws: (any Error).self) { try Larder.parse(arguments) }
    }

    @Test func `part of the entries can be asked for, or left out`() throws {
        #expect(try List.parse(["--partial"]).filters.partial == true)
        #expect(try List.parse(["--no-partial"]).filters.partial == false)
        #expect(try List.parse([]).filters.partial == nil)
    }
}
