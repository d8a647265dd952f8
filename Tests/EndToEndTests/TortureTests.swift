import CacheStore
import Foundation
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

/// Round after round on one cache: several processes under load, one or two of them killed with -9 at a random moment. What was
/// told is there, nothing is damaged, and the others never notice.
///
/// `LARDER_TORTURE_ROUNDS` sets how many rounds there are, `LARDER_TORTURE_SEED` draws them; `make torture` does both.
@Suite(.timeLimit(.minutes(180))) struct TortureTests {
    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    private static let rounds = number("LARDER_TORTURE_ROUNDS") ?? 6
    private static let seed = number("LARDER_TORTURE_SEED") ?? 20_261

    @Test func killedProcessesLoseNothingAndDisturbNobody() async throws {
        let larder = try Larder()
        print("torture: \(Self.rounds) rounds, LARDER_TORTURE_SEED=\(Self.seed)")
        try await withOrigin { origin in
            let site = TortureSite(origin)
            var random = SplitMix64(seed: UInt64(Self.seed))
            for number in 0..<Self.rounds {
                var round = TortureRound(number: number, larder: larder, site: site, random: random)
                try await round.run()
                random = round.random
                if Self.rounds > 20, number % 10 == 9 { print("torture: \(number + 1) rounds") }
            }
        }
    }
}
