import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// `larder explain`: the decision with all that goes into it, and the same reason wherever a reason is named.
@Suite struct ExplainTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    private func explain(_ arguments: String...) async throws -> JSONValue {
        let result = try await larder.run(["explain", "--json"] + arguments)
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        return try JSONValue.lines(result).first ?? .null
    }

    /// What is stored, with which options it is asked for, and what decides.
    struct Case: CustomTestStringConvertible, Sendable {
        let fields: FieldSection
        let options: [String]
        let reason: String
        let decision: String
        /// What `get --json` says of it afterwards.
        let cache: String

        init(_ fields: FieldSection, _ options: [String], _ reason: String, _ decision: String, _ cache: String) {
            (self.fields, self.options, self.reason, self.decision, self.cache) = (fields, options, reason, decision, cache)
        }

        var testDescription: String { "\(reason) \(options)" }
    }

    private static let fresh: FieldSection = ["Cache-Control": "max-age=600", "ETag": "\"1\""]
    private static let stale: FieldSection = ["Cache-Control": "max-age=60", "Age": "100", "ETag": "\"1\""]

    @Test(arguments: [
        Case(fresh, [], "fresh", "reuse", "hit"),
        Case(stale, [], "stale", "validate", "revalidated"),
        Case(stale, ["--max-stale", "10m"], "stale_allowed", "reuse", "stale"),
        Case(stale, ["--max-age", "1h"], "younger_than_max_age", "reuse", "hit"),
        Case(fresh, ["--max-age", "0"], "older_than_max_age", "validate", "revalidated"),
        Case(fresh, ["--refresh"], "refresh_requested", "validate", "revalidated"),
        Case(fresh, ["--reload"], "reload_requested", "forward", "miss"),
        Case(stale, ["--offline"], "offline", "reuse", "stale"),
        Case(fresh, ["-H", "Cache-Control: no-cache"], "request_no_cache", "validate", "revalidated"),
        Case(stale, ["-H", "Cache-Control: only-if-cached"], "only_if_cached", "unsatisfiable", "offline-miss"),
        Case(["Cache-Control": "no-cache", "ETag": "\"1\""], [], "no_cache", "validate", "revalidated"),
        Case(["Cache-Control": "max-age=0"], [], "stale", "forward", "miss"),
        Case(
            ["Cache-Control": "max-age=60, must-revalidate", "Age": "100", "ETag": "\"1\""], ["--max-stale", "10m"],
            "must_revalidate", "validate", "revalidated"),
        Case(
            ["Cache-Control": "max-age=600", "Vary": "X-Mine"], ["-H", "X-Mine: 1"], "vary_mismatch", "forward", "miss"),
        Case(
            ["Cache-Control": "max-age=60, stale-while-revalidate=900", "Age": "100", "ETag": "\"1\""], [],
            "stale_while_revalidate", "validate", "revalidated"),
    ])
    func theReasonIsThatOfGetAndCrawl(_ case: Case) async throws {
        try await withOrigin { origin in
            origin.script("/a") { request in
                request.fields.contains("If-None-Match")
                    ? ScriptedResponse(status: 304, fields: ["ETag": "\"1\""]) : .text("a", fields: `case`.fields)
            }
            let url = origin.url("/a")
            try await larder.run("get", url)
            origin.clearLog()
            let explained = try await larder.run(["explain", "--json", url] + `case`.options)
            #expect(explained.status == 0)
            let object = try JSONValue.lines(explained).first ?? .null
            #expect(object["reason"].string == `case`.reason)
            #expect(object["decision"].string == `case`.decision)
            #expect(origin.requestCount == 0)

            let got = try JSONValue.lines(try await larder.run(["get", "--json", url] + `case`.options)).first ?? .null
            #expect(got["reason"].string == `case`.reason)
            #expect(got["cache"].string == `case`.cache)
            // What was said to be sent has been sent, and nothing else of the kind.
            let sent = origin.requests.last?.fields.first("If-None-Match")
            let told = object["added_fields"].array.first { $0["name"] == "If-None-Match" }
            #expect(told?["value"].string == sent)
            #expect((origin.requestCount > 0) == ["validate", "forward", "complete"].contains(`case`.decision))

            let names = Set(try JSONValue.lines(try await larder.run("explain", "--reasons", "--json")).map { $0["name"] })
            #expect(names.contains(.string(`case`.reason)))
        }
    }

    @Test func nothingStoredIsAnAnswerToo() async throws {
        let result = try await larder.run("explain", refusingURL)
        #expect(result.status == 0)
        #expect(result.text.contains("Nothing is stored for this URL.") && result.text.contains("not_stored"))
        #expect(result.errors.contains("there is no cache in '\(larder.cache)'"))
        // And none was made.
        #expect(!FileManager.default.fileExists(atPath: larder.cache))
        let object = try await explain(refusingURL)
        #expect(object["decision"] == "forward" && object["reason"] == "not_stored")
        #expect(object["variants"] == .array([]) && object["age"] == .null)
    }

    @Test func theAgeIsReckonedStepByStep() async throws {
        try await withOrigin { origin in
            let date = HTTPDate.format(SystemTime.now().advanced(bySeconds: -30))
            origin.script(
                "/a",
                .text(
                    "a", fields: ["Date": date, "Age": "50", "Expires": HTTPDate.format(SystemTime.now().advanced(bySeconds: 570))])
            )
            let url = origin.url("/a")
            try await larder.run("get", url)
            let variant = try await explain(url)["variants"].array.first ?? .null
            let age = variant["age"]
            let apparent = try #require(age["apparent_age"].integer)
            #expect((30...600).contains(apparent))
            #expect(age["age_value"] == 50)
            #expect(age["corrected_age_value"].integer == 50 + (age["response_delay"].integer ?? -1))
            #expect(age["corrected_initial_age"].integer == max(apparent, age["corrected_age_value"].integer ?? 0))
            #expect(
                age["current_age"].integer
                    == (age["corrected_initial_age"].integer ?? 0) + (age["resident_time"].integer ?? -1))
            #expect(variant["terms"]["lifetime_source"] == "expires")
            #expect((599...601).contains(variant["terms"]["lifetime"].integer ?? 0))
            let text = try await larder.run("explain", url).text
            for part in ["apparent_age", "corrected_age_value", "age_value + response_delay = 50 + 0", "Expires - Date = ", "5.3"] {
                #expect(text.contains(part), "\(part)")
            }
        }
    }

    @Test func varyIsToldFieldByField() async throws {
        try await withOrigin { origin in
            origin.script(
                "/a", .text("a", fields: ["Cache-Control": "max-age=600", "Vary": "Accept-Language, Accept", "ETag": "\"1\""]))
            let url = origin.url("/a")
            try await larder.run("get", "-H", "Accept-Language: de", url)
            let object = try await explain(url, "-H", "Accept-Language: en")
            let variant = object["variants"].array.first ?? .null
            #expect(variant["vary"].array.map { $0["matches"] } == [false, true])
            #expect(variant["vary"].array.first?["stored"] == "de" && variant["vary"].array.first?["request"] == "en")
            #expect(variant["selected"] == false && variant["obstacle"] == "vary_mismatch")
            let text = try await larder.run("explain", url, "-H", "Accept-Language: en").text
            #expect(text.contains("Accept-Language differs: \"de\" stored, \"en\" asked for"))
            #expect(text.contains("Accept matches: \"*/*\""))
        }
    }

    @Test func theTwoKindsOfCacheAreToldApart() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a", fields: ["Cache-Control": "private, max-age=600"]))
            let url = origin.url("/a")
            try await larder.run("get", url)
            let own = try await explain(url)
            #expect(own["cache_kind"] == "private" && own["reason"] == "fresh")
            #expect(own["other_kind"]["cache_kind"] == "shared" && own["other_kind"]["reason"] == "private")
            let other = try await explain("--shared", url)
            #expect(other["cache_kind"] == "shared" && other["reason"] == "private" && other["decision"] == "forward")
            #expect(other["other_kind"]["decision"] == "reuse")
        }
    }

    @Test func noSecretIsPrinted() async throws {
        try await withOrigin { origin in
            origin.script("/a", .text("a", fields: ["Cache-Control": "max-age=600", "Vary": "Cookie"]))
            let url = origin.url("/a")
            let secrets = ["-H", "Cookie: id=swordfish", "-H", "Authorization: Bearer swordfish"]
            _ = try await larder.run(["get", url] + secrets)
            let withUser = url.replacing("http://", with: "http://me:swordfish@")
            for arguments in [[url] + secrets, [url, "--json"] + secrets, [withUser], [withUser, "--json"]] {
                let result = try await larder.run(["explain"] + arguments)
                #expect(result.status == 0 && result.text.contains(url))
                // The password of a URL becomes Basic credentials.
                #expect(!result.text.contains("swordfish") && !result.text.contains("bWU6c3dvcmRmaXNo"))
            }
        }
    }

    @Test func nothingFromTheNetworkReachesATerminal() async throws {
        try await withOrigin { origin in
            let hostile = "x\u{9B}31m\u{202E}y"
            origin.script(
                "/a",
                .text(
                    "a",
                    fields: [
                        "Cache-Control": "max-age=600", "Content-Type": "text/\(hostile)", "ETag": "\"\(hostile)\"",
                        "Expires": hostile, "Last-Modified": hostile,
                    ]))
            origin.script("/b", .text("b", fields: ["Expires": hostile, "ETag": "\"1\""]))
            for target in ["/a", "/b"] {
                try await larder.run("get", origin.url(target))
                let result = try await larder.run("explain", "--color", "never", origin.url(target))
                #expect(result.text.contains("\\u{9B}31m\\u{202E}y"))
                #expect(result.output.allSatisfy { $0 == 0x0A || (0x20..<0x7F).contains($0) })
            }
        }
    }

    @Test func aRobotsFileIsReadWhereItsRedirectsLead() async throws {
        try await withOrigin { origin in
            let fresh: FieldSection = ["Content-Type": "text/plain", "Cache-Control": "max-age=600"]
            func redirect(to location: String) -> ScriptedResponse {
                ScriptedResponse(status: 301, fields: ["Location": location, "Cache-Control": "max-age=600"])
            }
            origin.script("/robots.txt", redirect(to: "/moved"))
            origin.script("/moved", redirect(to: "/rules"))
            origin.script("/rules", .text("User-agent: *\nDisallow: /private\n", fields: fresh))
            origin.script("/", .text("<a href=private>x</a>", fields: ["Content-Type": "text/html"]))
            _ = try await larder.run("crawl", "-q", "-r", origin.url("/"))
            #expect(origin.count(target: "/private") == 0)
            let robots = try await explain(origin.url("/private"))["robots"]
            #expect(robots["allowed"] == false && robots["line"] == 2)
            #expect(robots["url"].string == origin.url("/robots.txt"))
            #expect(robots["source"].string == origin.url("/rules"))
            #expect(robots["fetched"].integer != nil)
            let text = try await larder.run("explain", origin.url("/private")).text
            #expect(text.contains("line 2 for *: Disallow: /private"))
            #expect(text.contains("\(origin.url("/rules")) of ") && text.contains("\(origin.url("/robots.txt")) redirects there"))
            #expect(try await explain(origin.url("/public"))["robots"]["allowed"] == true)

            // Without its target a redirect says nothing.
            #expect(try await larder.run("rm", "--yes", origin.url("/rules")).status == 0)
            let unknown = try await explain(origin.url("/private"))["robots"]
            #expect(unknown["allowed"] == .null && unknown["source"].string == origin.url("/rules"))
        }
    }

    @Test func aRobotsFileThatRedirectsInACircleAllowsAllAsInACrawl() async throws {
        try await withOrigin { origin in
            origin.script(
                "/robots.txt", ScriptedResponse(status: 301, fields: ["Location": "/robots.txt", "Cache-Control": "max-age=600"]))
            origin.script("/", .text("x", fields: ["Content-Type": "text/html"]))
            #expect(try await larder.run("crawl", "-q", "-r", origin.url("/")).status == 0)
            let robots = try await explain(origin.url("/"))["robots"]
            #expect(robots["allowed"] == true)
            #expect(robots["explanation"].string?.contains("redirects more than 5 times") == true)
        }
    }

    @Test func aRobotsFileThatCannotBeDecodedAllowsNothing() async throws {
        try await withOrigin { origin in
            origin.script(
                "/robots.txt",
                .text(
                    "User-agent: *\nDisallow:\n",
                    fields: ["Content-Type": "text/plain", "Content-Encoding": "br", "Cache-Control": "max-age=600"]))
            origin.script("/", .text("x", fields: ["Content-Type": "text/html"]))
            let crawl = try await larder.run("crawl", "-r", origin.url("/"))
            #expect(crawl.status == 23 && crawl.errors.contains("undecodable_content"))
            #expect(origin.count(target: "/") == 0)
            let robots = try await explain(origin.url("/"))["robots"]
            #expect(robots["allowed"] == false)
            #expect(robots["explanation"].string?.contains("undecodable_content") == true)
        }
    }

    @Test func everyReasonIsListedWithItsSection() async throws {
        let text = try await larder.run("explain", "--reasons").text
        let objects = try JSONValue.lines(try await larder.run("explain", "--reasons", "--json"))
        #expect(Set(objects.map { [$0["about"], $0["name"]] }).count == objects.count)
        for object in objects {
            let name = try #require(object["name"].string)
            #expect(object["section"].string?.hasPrefix("RFC ") == true, "\(name)")
            #expect(object["sentence"].string?.hasSuffix(".") == true, "\(name)")
            #expect(text.contains("  \(name) "), "\(name)")
        }
        #expect(try await larder.run("explain").status == 2)
        #expect(try await larder.run("explain", "--reasons", refusingURL).status == 2)
    }
}
