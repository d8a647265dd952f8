import ArgumentParser

/// The program that measures parts of Larder by themselves. It is nothing that users install.
@main
struct BenchmarkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks",
        abstract: "Measures parts of Larder by themselves.",
        discussion: "Ends with exit status 1 where a bound that is promised is not kept.",
        subcommands: [FrontierBenchmark.self, PartsBenchmark.self])
}

/// What was measured is not what was meant to be.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
