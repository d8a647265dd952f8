import CacheStore
import HTTPSemantics

/// The lines of `larder verify`. Everything returned is escaped for a terminal.
enum VerifyText {
    static func progress(done: Int64, total: Int64) -> String {
        "\(NumberText.count(done)) of \(NumberText.counted(total, "body", plural: "bodies")), \(NumberText.percent(done, of: total))"
    }

    /// `wrong digest: the digest differs: https://example.com/`
    static func line(_ problem: VerificationReport.Problem, urls: [String]) -> String {
        var text = "\(problem.kind.rawValue.replacing("_", with: " ")): \(problem.detail)"
        if let url = urls.first {
            text += ": \(url)" + (urls.count > 1 ? " and \(urls.count - 1) more" : "")
        } else if let entry = problem.entry {
            text += " (entry \(entry))"
        } else if let body = problem.body {
            text += " (body \(body))"
        }
        return TerminalText.escaped(text)
    }

    static func line(_ entry: RepairReport.RemovedEntry, _ result: Refetching.Result) -> String {
        let text =
            switch result {
            case .repaired(let status): "repaired: \(status) \(entry.url)"
            case .removed(let reason): "removed: \(entry.url): \(reason.message) [\(reason.code)]"
            }
        return TerminalText.escaped(text)
    }

    static func lines(_ account: VerifyAccount) -> [String] {
        var table = TextTable([.left, .right, .left])
        table.add("entries", NumberText.count(account.entries))
        table.add("bodies", NumberText.count(account.bodies))
        table.add("checked", NumberText.bytes(account.checkedBytes))
        if account.uncheckedBodies > 0 { table.add("not checked", NumberText.count(account.uncheckedBodies), "bodies") }
        table.add("problems", NumberText.count(account.problems))
        if account.removedEntries > 0 {
            table.add("removed", NumberText.count(account.removedEntries), account.removedEntries == 1 ? "entry" : "entries")
            table.add("fetched again", NumberText.count(account.fetchedAgain))
        }
        return table.lines
    }

    // MARK: JSON

    static func jsonLine(_ problem: VerificationReport.Problem, urls: [String], type: String = "problem") -> [UInt8] {
        var line = JSONLine()
        line.add("type", type)
        line.add("kind", problem.kind.rawValue)
        line.add("detail", problem.detail)
        line.add("body", problem.body)
        line.add("entry", problem.entry)
        line.addArray("urls", urls)
        return line.finished()
    }

    static func jsonLine(_ entry: RepairReport.RemovedEntry, _ result: Refetching.Result) -> [UInt8] {
        var line = JSONLine()
        line.add("type", "repair")
        line.add("url", entry.url)
        line.add("method", entry.method)
        switch result {
        case .repaired(let status):
            line.add("outcome", "repaired")
            line.add("status", status)
            line.addNull("error")
        case .removed(let reason):
            line.add("outcome", "removed")
            line.addNull("status")
            line.addObject("error") { error in
                error.add("code", reason.code)
                error.add("message", reason.message)
            }
        }
        return line.finished()
    }

    static func jsonLine(_ account: VerifyAccount) -> [UInt8] {
        var line = JSONLine()
        line.add("type", "summary")
        line.add("entries", account.entries)
        line.add("bodies", account.bodies)
        line.add("checked_bytes", account.checkedBytes)
        line.add("unchecked_bodies", account.uncheckedBodies)
        line.add("problems", account.problems)
        line.add("removed_entries", account.removedEntries)
        line.add("removed_bodies", account.removedBodies)
        line.add("fetched_again", account.fetchedAgain)
        line.add("lost_entries", account.lost)
        line.add("remaining_problems", account.remaining)
        line.add("exit_code", Int(account.exit.rawValue))
        return line.finished()
    }
}
