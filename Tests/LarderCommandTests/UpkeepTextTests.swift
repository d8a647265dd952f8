import CacheStore
import CachingClient
import HTTPSemantics
import Testing

@testable import LarderCommand

@Suite struct UpkeepTextTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private let report = CollectionText(
        removedEntries: 1200, removedBodies: 1100, bytesBefore: 3 << 20, bytesAfter: 1 << 20, pinnedEntries: 2, limit: 1 << 20,
        isOverLimit: true)

    @Test func `gc tells what went and what the disk got back`() {
        #expect(
            report.lines == [
                "entries removed    1,200",
                "bodies removed     1,100",
                "pinned                 2  spared",
                "size before      3.0 MiB",
                "size after       1.0 MiB  of 1.0 MiB",
                "freed            2.0 MiB",
            ])
        #expect(
            text(report.jsonLine())
                == #"{"removed_entries":1200,"removed_bodies":1100,"bytes_before":3145728,"bytes_after":1048576,"#
                + #""freed_bytes":2097152,"pinned_entries":2,"max_size":1048576,"over_limit":true,"dry_run":false}"# + "\n")
        var forecast = report
        forecast.isDryRun = true
        forecast.removedBodies = nil
        forecast.limit = nil
        #expect(forecast.lines.first == "entries to remove    1,200")
        #expect(forecast.lines.contains("size after         1.0 MiB  about"))
        #expect(text(forecast.jsonLine()).contains(#""removed_bodies":null,"#))
    }

    @Test func `gc says why the cache is still too large`() {
        #expect(report.shortfall?.contains("2 entries pinned") == true)
        var other = report
        other.pinnedEntries = 0
        #expect(other.shortfall?.contains("run it again") == true)
        other.isOverLimit = false
        #expect(other.shortfall == nil)
    }

    @Test func `rm tells what went`() {
        let removal = RemovalText(entries: 1, bytes: 2048, isDryRun: false)
        #expect(removal.line == "removed 1 entry, 2.0 KiB freed")
        #expect(text(removal.jsonLine()) == #"{"removed_entries":1,"freed_bytes":2048,"dry_run":false}"# + "\n")
        #expect(RemovalText(entries: 2, bytes: 2048, isDryRun: true).line == "would remove 2 entries, 2.0 KiB")
    }

    // MARK: - verify

    @Test func `verify ends with 24 unless all is well again`() {
        #expect(VerifyAccount().exit == .success)
        #expect(VerifyAccount(problems: 1).exit.rawValue == 24)
        #expect(VerifyAccount(problems: 1, isRepaired: true, removedEntries: 1, fetchedAgain: 1).exit == .success)
        #expect(VerifyAccount(problems: 1, isRepaired: true, removedEntries: 1, lost: 1).exit.rawValue == 24)
        #expect(VerifyAccount(problems: 1, isRepaired: true, removedEntries: 1, lost: 1, isOffline: true).exit == .success)
        #expect(VerifyAccount(problems: 1, isRepaired: true, remaining: 1).exit.rawValue == 24)
        #expect(VerifyAccount(problems: 1001, unlistedProblems: 1, isRepaired: true).exit.rawValue == 24)
        #expect(VerifyAccount(problems: 1, isRepaired: true, lost: 1, isStopped: true).exit.rawValue == 23)
    }

    @Test func `verify says what to do`() {
        #expect(VerifyAccount().advice == nil)
        #expect(VerifyAccount(problems: 1).advice?.contains("--repair") == true)
        #expect(VerifyAccount(problems: 1, isRepaired: true, remaining: 1).advice?.contains("Move the cache away") == true)
        #expect(VerifyAccount(problems: 1001, unlistedProblems: 1, isRepaired: true).advice?.contains("again") == true)
        #expect(VerifyAccount(problems: 1, isRepaired: true, fetchedAgain: 1).advice == nil)
    }

    @Test func `verify tells its account`() {
        let account = VerifyAccount(
            entries: 1500, bodies: 1400, checkedBytes: 2048, problems: 1, isRepaired: true, removedEntries: 2, removedBodies: 1,
            fetchedAgain: 1, lost: 1)
        #expect(
            VerifyText.lines(account) == [
                "entries          1,500", "bodies           1,400", "checked        2.0 KiB", "problems             1",
                "removed              2  entries", "fetched again        1",
            ])
        #expect(
            text(VerifyText.jsonLine(account))
                == #"{"type":"summary","entries":1500,"bodies":1400,"checked_bytes":2048,"unchecked_bodies":0,"problems":1,"#
                + #""removed_entries":2,"removed_bodies":1,"fetched_again":1,"lost_entries":1,"remaining_problems":0,"exit_code":24}"#
                + "\n")
    }

    // MARK: - Fetching again

    @Test func `a variant is asked for by the fields that chose it`() {
        func fields(_ names: [String], _ fields: FieldSection) -> FieldSection {
            Refetching.fields(varyNames: names, varyFields: fields)
        }
        let plain = fields([], [:])
        #expect(plain.first("Accept-Encoding") == "gzip, deflate")
        #expect(plain.first("User-Agent") == RequestDefaults.userAgent)
        let german = fields(["accept-language", "accept"], ["accept-language": "de"])
        #expect(german.values("Accept-Language") == ["de"])
        // The request had no Accept.
        #expect(!german.contains("Accept"))
        #expect(fields(["user-agent"], ["user-agent": "x"]).values("User-Agent") == ["x"])
        // Credentials are not stored.
        #expect(!fields(["cookie"], ["cookie": ""]).contains("Cookie"))
    }
}
