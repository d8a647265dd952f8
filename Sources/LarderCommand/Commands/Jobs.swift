import ArgumentParser
import CacheStore

/// `larder jobs`: the crawl jobs of a cache.
struct Jobs: Subcommand {
    enum Action: String, CaseIterable, ExpressibleByArgument {
        case list, rm
    }

    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "List crawl jobs, or remove one.",
        discussion: """
            A job is a crawl that follows links, or one with a name. It lies in the cache directory until it is removed; the pages \
            that it has fetched stay in the cache. `larder resume` goes on with a job, `larder log` tells what became of its URLs. \
            The crawl of a plain list is listed while it is under way, and after it was stopped or killed.

            Examples:
              larder jobs
              larder jobs rm docs.example.com-3f2a91c0
            """)

    @Argument(help: ArgumentHelp("What to do: list, or rm with the name of a job.", valueName: "action"))
    var action = Action.list

    @Argument(help: ArgumentHelp("The job to remove.", valueName: "job"))
    var job: JobNameArgument?

    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func validate() throws {
        if action == .rm, job == nil { throw ValidationError("Name the job: larder jobs rm JOB.") }
        if action == .list, job != nil { throw ValidationError("Only rm takes the name of a job; larder log shows one.") }
    }

    func run() async throws {
        let directory = try shared.cacheDirectory()
        if let job, action == .rm {
            try FrontierStore.remove(cacheDirectory: directory, name: job.name)
            Console(shared).notice("removed the job \(job.name.text); what it fetched is still in the cache.")
            return
        }
        let output = OutputStream.standardOutput()
        let listings = try FrontierStore.list(cacheDirectory: directory)
        if shared.json {
            for listing in listings { try output.write(JobText.line(listing)) }
        } else {
            for line in JobText.table(listings) { try output.writeLine(line) }
        }
        try output.flush()
    }
}
